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
// Areas of the dictionary by the name of a part.
const AREAS: Readonly<Record<string, string>> = { booking: 'booking', cause: 'closed', corridor: 'corridor' };

/** The sentence, or null where this build has no words for it. */
export function wording({ code, args }: Coded): string | null {
  const key = `said.${code}`;
  if (!has(key)) return null;
  const slots: Record<string, string> = {};
  for (const [name, part] of Object.entries(args)) {
    const written = writing(name, part, args);
    if (written === null) return null;
    slots[name] = written;
  }
  return t(key as TextKey, slots);
}

function writing(name: string, part: CodedPart, args: Coded['args']): string | null {
  if (Array.isArray(part)) {
    const each = part.map(wording);
    return each.includes(null) ? null : each.join(fmt().lang === 'zh' ? '；' : '; ');
  }
  if (typeof part === 'number') return figure(name, part);
  if (typeof part === 'object') return wording(part);
  if (name === 'thing') return thing(String(args.scope), part);
  if (name === 'service') return nameOf('services', part);
  return name in AREAS ? word(AREAS[name] ?? '', part) : part;
}

/** The end of a name tells the unit. */
function figure(name: string, value: number): string {
  switch (name.split('_').at(-1)) {
    case 'year':
      return String(value);
    case 'd':
      return fmt().plain(value, Number.isInteger(value) ? 0 : 1);
    case 'usd':
      return /^(limit|least)/.test(name) ? fmt().usdExact(value) : fmt().usd(value);
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
