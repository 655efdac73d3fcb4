/** Names and base values of rows that a scenario changes, read from the tables as they are needed. */
import { lookUp } from '../app/api';
import type { Fact, FactCell } from '../app/types';
import { word } from '../text/text.svelte';

const facts = $state<Record<string, Fact | null>>({});

/** The row of the base, once it was read. */
export function factOf(table: string, key: string): Fact | null {
  const id = `${table}/${key}`;
  if (!(id in facts)) {
    queueMicrotask(() => {
      if (id in facts) return;
      facts[id] = null;
      lookUp<Fact>(`/v1/facts/${encodeURIComponent(table)}/${encodeURIComponent(key)}`)
        .then((fact) => (facts[id] = fact))
        .catch(() => undefined);
    });
    return null;
  }
  return facts[id] ?? null;
}

export function cellOf(fact: Fact | null, column: string): FactCell | undefined {
  return fact?.parts.flatMap((part) => part.cells).find((cell) => cell.column === column);
}

export function nameOf(table: string, key: string): string {
  if (table === 'countries') return word('country', key);
  if (table === 'passages') return word('passage', key);
  const fact = factOf(table, key);
  const name = cellOf(fact, 'name')?.value;
  if (typeof name === 'string' && name) return name;
  if (table === 'links') {
    const [from, to] = [cellOf(fact, 'from_terminal')?.value, cellOf(fact, 'to_terminal')?.value];
    if (typeof from === 'string' && typeof to === 'string')
      return `${nameOf('terminals', from)} – ${nameOf('terminals', to)}`;
  }
  return key;
}

export function baseValue(table: string, key: string, column: string): number | string | null {
  const value = cellOf(factOf(table, key), column)?.value;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
