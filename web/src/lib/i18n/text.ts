// What a dictionary holds, and how a text gets its slots filled.
import type { Formatter, Lang } from '../format';
import type en from './dict/en';

/** Forms of a text by the plural rules of its language. */
export interface Plural {
  readonly one?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}
export type Text = string | Plural;
/** The same keys in another language: a missing or a left-over key does not compile. */
export type Like<T> = { readonly [K in keyof T]: Text };

export type Key = keyof typeof en;
export type Dictionary = Like<typeof en>;

type NamesIn<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type TextOf<K extends Key> = (typeof en)[K] extends infer T ? (T extends { other: infer O } ? O : T) : never;
type Slots<K extends Key> = { [Name in NamesIn<TextOf<K>>]: string | number };
/** Slots are asked for exactly where the English text has them. */
export type SlotArgs<K extends Key> = [NamesIn<TextOf<K>>] extends [never] ? [] : [slots: Slots<K>];

const rules = new Map<Lang, Intl.PluralRules>();

function formOf(text: Plural, count: string | number | undefined, lang: Lang): string {
  let rule = rules.get(lang);
  if (!rule) rules.set(lang, (rule = new Intl.PluralRules(lang)));
  const form = rule.select(Number(count));
  return form === 'zero' || form === 'two' ? text.other : (text[form] ?? text.other);
}

/** Numbers are written in the language's own way; `count` chooses the plural form. */
export function fill(text: Text, slots: Readonly<Record<string, string | number>>, format: Formatter): string {
  const chosen = typeof text === 'string' ? text : formOf(text, slots.count, format.lang);
  const filled = chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = slots[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? format.count(value) : value;
  });
  // The full stop of an abbreviation also ends the sentence.
  return filled.replace(/\.\.$/, '.');
}
