// The language of the page. Only its dictionary is loaded; await `setLang` before the first paint, so that no key shows.
import { formatter, type Formatter, type Lang } from '../format';
import { chosenHere, keepLang } from './choose';
import { fill, type Dictionary, type Key, type SlotArgs } from './text';

export { chooseLang, langOf } from './choose';
export type { Dictionary, Key } from './text';
export { LANGS, type Lang } from '../format';

const LOADERS: Record<Lang, () => Promise<{ default: Dictionary }>> = {
  en: () => import('./dict/en'),
  az: () => import('./dict/az'),
  zh: () => import('./dict/zh'),
  ru: () => import('./dict/ru'),
  tr: () => import('./dict/tr'),
};

/** Each language in its own words, for the switch. */
export const LANG_NAMES: Record<Lang, string> = {
  en: 'English',
  az: 'Azərbaycanca',
  zh: '中文',
  ru: 'Русский',
  tr: 'Türkçe',
};

class Language {
  lang = $state<Lang>('en');
  words = $state.raw<Dictionary | null>(null);
  format = $derived<Formatter>(formatter(this.lang));
}

export const language = new Language();
let asked = 0;

/** Switches the page; the answer to an older request never overtakes that to a newer one. */
export async function setLang(lang: Lang, keep = false): Promise<void> {
  const mine = ++asked;
  const { default: words } = await LOADERS[lang]();
  if (mine !== asked) return;
  language.words = words;
  language.lang = lang;
  if (typeof document !== 'undefined') document.documentElement.lang = lang;
  if (keep) keepLang(lang);
}

/** The language of the link or of this browser. */
export const startLang = (): Promise<void> => setLang(chosenHere());

/** A text of the page in its language. */
export function t<K extends Key>(key: K, ...[slots]: SlotArgs<K>): string {
  const text = language.words?.[key];
  return text === undefined ? key : fill(text, (slots ?? {}) as Record<string, string | number>, language.format);
}

/** Sentences one after the other, each with its full stop. */
export const sentences = (...parts: readonly string[]): string =>
  parts.filter(Boolean).map((part) => (language.lang === 'zh' ? `${part}。` : `${part}.`.replace(/\.\.$/, '.'))).join(language.lang === 'zh' ? '' : ' ');

export type Area = Key extends infer K ? (K extends `${infer A}.${string}` ? A : never) : never;

/** The word of a code of the API; a code that this build does not know stays readable. */
export function term(area: Area, code: string): string {
  const text = language.words?.[`${area}.${code}` as Key];
  return text === undefined ? code.replaceAll('_', ' ') : fill(text, {}, language.format);
}

/** Whether the page has words for a key. */
export const has = (key: string): boolean => language.words !== null && key in language.words;

/** Numbers, dates and durations in the language of the page. */
export const f = (): Formatter => language.format;
