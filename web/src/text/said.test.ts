import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { faults } from '$lib/i18n/dict/en/faults';
import { said as answers } from '$lib/i18n/dict/en/said';
import { simulate } from '$lib/i18n/dict/en/simulate';
import { trials } from '$lib/i18n/dict/en/trials';
import type { Coded } from '../app/types';
import { worded, wording } from './said';
import { setLang } from './text.svelte';

const said: Record<string, string> = { ...answers, ...faults };
const source = readFileSync(new URL('../../../midcorridor/said.py', import.meta.url), 'utf8');
const start = source.indexOf('ENGLISH = {');
const table = source.slice(start, source.indexOf('\n}\n', start));
const english = Object.fromEntries(table.split(/^ {4}"(?=\w+":)/m).slice(1).map((each) => each.split('":', 2) as [string, string]));
const slots = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name);

test('every sentence of the library has its words, and no other', () => {
  const codes = Object.keys(said).filter((key) => key.startsWith('said.'));
  expect(codes.sort()).toEqual(Object.keys(english).map((code) => `said.${code}`).sort());
});

// A thing is told by its name in the language of the page, not by the word that was typed or the English name.
const NAMED: Record<string, string[]> = { 'said.avoided': ['thing'], 'said.country_code': ['country', 'got'] };

test('words use the parts of the library', () => {
  for (const [key, text] of Object.entries(said).filter(([key]) => key.startsWith('said.'))) {
    const known = NAMED[key] ?? slots(english[key.replace('said.', '')] ?? '');
    for (const name of slots(text)) expect(known, key).toContain(name);
  }
});

test('every cause of a closure has its word', () => {
  const declared = readFileSync(new URL('../../../midcorridor/schema/closures.csv', import.meta.url), 'utf8');
  const causes = /^cause,str,,yes,\{(.+?)\}/m.exec(declared)?.[1]?.split(' ') ?? [];
  expect(causes.length).toBeGreaterThan(4);
  for (const cause of causes) expect(Object.keys(said)).toContain(`closed.${cause}`);
});

test('every lever, every event and who waits has its words', () => {
  const data = new URL('../../../midcorridor/data/', import.meta.url);
  const levers = readFileSync(new URL('levers.csv', data), 'utf8').trim().split('\n').slice(1).map((line) => line.split(',')[0]);
  const events = readdirSync(new URL('events/', data)).map((file) => file.replace('.toml', ''));
  expect([levers.length, events.length].every((count) => count > 5)).toBe(true);
  const wanted = [...levers.map((each) => `sim.lever.${each}`), ...events.flatMap((each) => [`sim.event.${each}`, `sim.about.${each}`])];
  expect(Object.keys(trials)).toEqual(expect.arrayContaining(wanted));
  for (const who of ['box', 'wagon', 'truck', 'train', 'ship']) expect(Object.keys({ ...simulate, ...trials })).toContain(`sim.who.${who}`);
});

const hormuz: Coded = { code: 'closure', args: { closure: 'h', cause: 'war', scope: 'passage', thing: 'hormuz' } };

describe('in Russian', () => {
  beforeAll(() => setLang('ru'));
  test('numbers, names and sentences inside', () => {
    const compared: Coded[] = [
      { code: 'days_more', args: { longer_d: 29.947 } },
      { code: 'usd_less', args: { less_usd: 1307.9 } },
    ];
    expect(wording({ code: 'against_best', args: { route: 'A', compared } })).toBe(
      'Лучший в своём коридоре, в сравнении с маршрутом A: на 29,9 сут. дольше; на USD\u00a01\u00a0310 за контейнер дешевле.',
    );
    expect(wording({ code: 'corridor_closed', args: { corridor: 'southern', reason: hormuz } })).toBe(
      'Южный маршрут: нет маршрута. Ормузский пролив: закрыто (война)',
    );
    expect(wording({ code: 'known_later', args: { known_year: 2026, year: 2022 } })).toContain('за 2026 год, а не за 2022');
    expect(wording({ code: 'cargo_refused', args: { embargo: 'e', scope: 'frontier', thing: 'CN>KZ' } })).toContain('Китай > Казахстан');
  });
  test('what is to be typed stands in quotes, countries have their names', () => {
    expect(wording({ code: 'mean_place', args: { words: ['Baku, AZ', 'az-alat'] } })).toBe('Вы имели в виду «Baku, AZ», «az-alat»?');
    expect(wording({ code: 'not_in_country', args: { got: 'Baku', name: 'Turkey', country: 'TR' } })).toBe(
      '«Baku» нет в этой стране: Турция',
    );
    expect(wording({ code: 'guard_out', args: { countries: ['TM', 'UZ'] } })).toContain('(Туркменистан, Узбекистан)');
    expect(wording({ code: 'leave_one', args: { modes: ['rail', 'sea'] } })).toContain('rail, sea');
    const codes = [{ code: 'country_code', args: { name: 'Turkey', got: 'TR', country: 'TR' } }];
    expect(wording({ code: 'country_codes', args: { listed: codes } })).toBe('Турция: TR');
  });
  test('a reason of a lever tells hours as durations, and places in the words of the page', () => {
    const args = { who: 'box', many: 30042.7, mean_h: 49.4, most_h: 563, days: 61881.3, place: 'yard of Aktau', place_kind: 'resource', place_id: 'kz-aktau yard' };
    const wait: Coded = { code: 'lever_wait_at', args };
    expect(wording(wait)).toBe('yard of Aktau: ждут контейнеры, 30\u00a0000 в год, в среднем 2\u00a0сут., до 23\u00a0сут.; всего 61\u00a0900 сут.');
    expect(wording(wait, (name, _, { place_id }) => (name === 'place' ? `<${String(place_id)}>` : undefined))).toContain('<kz-aktau yard>: ждут контейнеры');
  });
  test('a text without words stays in English', () => {
    expect(worded('it is so', {})).toBe('it is so');
    expect(worded('no place is given', { 'no place is given': { code: 'no_place', args: {} } })).toBe('Место не указано');
  });
  test('what is not known stays with the server', () => {
    expect(wording({ code: 'new_one', args: {} })).toBeNull();
    expect(wording({ code: 'reasons', args: { reasons: [hormuz, { code: 'new_one', args: {} }] } })).toBeNull();
  });
});
