/** Sentences of the server in the language of the page, by code: midcorridor/said.py has them in English. */
import type { Coded, CodedPart } from '../app/types';
import { nameOf } from '../scenario/names.svelte';
import { fmt, has, t, type TextKey, word } from './text.svelte';

const TABLES: Readonly<Record<string, string>> = {
  country: 'countries',
  link: 'links',
  passage: 'passages',
  service: 'services',
  terminal: 'terminals',
};
// Areas of the dictionary by the name of a part; what is to be typed, such as passages and modes, stays as it is.
const AREAS: Readonly<Record<string, string>> = {
  booking: 'booking',
  cause: 'closed',
  commodity: 'commodity',
  corridor: 'corridor',
  country: 'country',
  countries: 'country',
  who: 'sim.who',
};

/** Words of a page for a part of a sentence; undefined for what it has none for. */
export type Own = (name: string, part: CodedPart, args: Coded['args']) => string | undefined;

/** The sentence, or null where this build has no words for it. */
export function wording({ code, args }: Coded, own?: Own): string | null {
  const key = `said.${code}`;
  if (!has(key)) return null;
  const slots: Record<string, string> = {};
  for (const [name, part] of Object.entries(args)) {
    const written = own?.(name, part, args) ?? writing(name, part, args);
    if (written === null) return null;
    slots[name] = written;
  }
  return t(key as TextKey, slots);
}

/** A sentence of the server in the language of the page; in English where this build has no words for it. */
export function worded(text: string, said: Readonly<Record<string, Coded>> | undefined, own?: Own): string {
  const coded = said?.[text];
  return (coded && wording(coded, own)) ?? text;
}

function writing(name: string, part: CodedPart, args: Coded['args']): string | null {
  if (typeof part === 'number') return figure(name, part);
  if (typeof part === 'object') return 'code' in part ? wording(part) : listed(name, part, args);
  if (name === 'thing') return thing(String(args.scope), part);
  if (name === 'service') return nameOf('services', part);
  if (name === 'terminal') return nameOf('terminals', part);
  return name in AREAS ? word(AREAS[name] ?? '', part) : part;
}

/** Sentences one after the other; words with commas, and what is to be typed in quotes. */
function listed(name: string, parts: readonly (string | Coded)[], args: Coded['args']): string | null {
  const each = parts.map((part) =>
    typeof part === 'string' && name === 'words' ? t('fault.quoted', { word: part }) : writing(name, part, args),
  );
  if (each.includes(null)) return null;
  const chinese = fmt().lang === 'zh';
  if (typeof parts[0] === 'string') return each.join(chinese ? '、' : ', ');
  return each.join(chinese ? '；' : '; ');
}

/** The end of a name tells the unit. */
function figure(name: string, value: number): string {
  switch (name.split('_').at(-1)) {
    case 'year':
      return String(value);
    case 'd':
      return fmt().plain(value, Number.isInteger(value) ? 0 : 1);
    case 'mean':
      return fmt().plain(value, Math.abs(value) < 100 && !Number.isInteger(value) ? 1 : 0);
    case 'h':
      return fmt().duration(value);
    case 'usd':
      return /^(limit|least)/.test(name) ? fmt().usdExact(value) : fmt().usd(value);
    case 'km':
      return fmt().distance(value);
    case 't':
      return fmt().mass(value * 1000);
    case 'kg':
      return fmt().mass(value);
    case 'share':
      return fmt().percent(value);
    default:
      return Number.isInteger(value) ? fmt().count(value) : fmt().figure(value);
  }
}

function thing(scope: string, id: string): string {
  if (scope === 'mode') return word('mode', id);
  if (scope === 'frontier') return id.split('>').map((code) => nameOf('countries', code)).join(' > ');
  const table = TABLES[scope];
  return table ? nameOf(table, id) : id;
}
