import { beforeAll, describe, expect, test } from 'vitest';
import { formatter, LANGS, type Lang } from '../format';
import { chooseLang } from './choose';
import az from './dict/az';
import en from './dict/en';
import ru from './dict/ru';
import tr from './dict/tr';
import zh from './dict/zh';
import { language, setLang, t, term } from './index.svelte';
import { fill, type Dictionary, type Text } from './text';

const ALL: Record<Lang, Dictionary> = { en, az, zh, ru, tr };
const OTHERS = LANGS.filter((lang) => lang !== 'en');
const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort().join();
const keys = Object.keys(en) as (keyof typeof en)[];

// What is rightly written alike in English and another language.
const ALIKE = new Set<string>([
  'details.cause', 'legend.count', 'layer.hours', 'column.operator', 'table.terminals', 'country.BY', 'country.TR', 'passage.marmaray',
]);

describe.each(OTHERS)('%s', (lang) => {
  test('has the keys of English and no others', () => {
    expect(Object.keys(ALL[lang]).sort()).toEqual([...keys].sort());
  });

  test('fills the same slots', () => {
    for (const key of keys) {
      const wanted = slots(forms(en[key]).at(-1) ?? '');
      for (const form of forms(ALL[lang][key])) expect(slots(form), key).toBe(wanted);
    }
  });

  test('is translated', () => {
    const same = keys.filter((key) => {
      const [text = ''] = forms(ALL[lang][key]);
      return !ALIKE.has(key) && text === forms(en[key])[0] && /[a-z]{3}/i.test(text.replace(/\{\w+\}/g, ''));
    });
    expect(same).toEqual([]);
  });

  test('has its own plural forms', () => {
    const wanted = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
    for (const key of keys) {
      const text = ALL[lang][key];
      // A singular noun after a numeral needs one form only (az, tr, zh).
      if (typeof text !== 'string') expect(Object.keys(text).sort(), key).toEqual([...wanted].sort());
      else if (lang === 'ru') expect(typeof en[key], key).toBe('string');
    }
  });
});

test('Chinese is written in Chinese, Russian in Cyrillic', () => {
  const letters = (text: string) => text.replace(/\{\w+\}/g, '');
  for (const key of keys) {
    if (letters(forms(en[key])[0] ?? '').length < 3) continue;
    if (/[a-z]{3}/i.test(letters(forms(en[key])[0] ?? ''))) {
      expect(letters(forms(zh[key])[0] ?? ''), key).toMatch(/\p{Script=Han}/u);
      expect(letters(forms(ru[key])[0] ?? ''), key).toMatch(/\p{Script=Cyrillic}/u);
    }
  }
});

test.each([
  [1, '1 перевалка'], [2, '2 перевалки'], [5, '5 перевалок'], [11, '11 перевалок'], [21, '21 перевалка'], [1234, '1\u00a0234 перевалки'],
])('%d in Russian', (count, expected) => {
  expect(fill(ru['card.transfers'], { count }, formatter('ru'))).toBe(expected);
});

test('an abbreviation ends a sentence with one full stop', () => {
  expect(fill('{days}.', { days: '23 сут.' }, formatter('ru'))).toBe('23 сут.');
});

describe('t', () => {
  beforeAll(() => setLang('az'));
  test('answers in the language of the page', () => {
    expect(t('nav.sources')).toBe('Mənbələr');
    expect(t('card.transfers', { count: 12000 })).toBe('12.000 aşırma');
    expect(term('item', 'handling')).toBe('Terminal emalı');
    expect(language.format.lang).toBe('az');
  });
  test('a code that no dictionary knows stays readable', () => expect(term('item', 'new_fee')).toBe('new fee'));
});

test.each<[string, string | null, string[], Lang]>([
  ['?lang=az', 'ru', ['en'], 'az'],
  ['?lang=xx', 'ru', ['en'], 'ru'],
  ['', null, ['de-DE', 'zh-Hans-CN', 'en'], 'zh'],
  ['', null, ['de'], 'en'],
  ['', 'nonsense', [], 'en'],
])('%s, kept %s, browser %s', (search, kept, asked, expected) => expect(chooseLang(search, kept, asked)).toBe(expected));
