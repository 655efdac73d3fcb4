/** Changes of a scenario as sentences. The names of rows come from the tables, the words from the dictionary. */
import { fmt, t, word } from '../text/text.svelte';
import type { Change } from '../app/types';
import { nameOf } from './names.svelte';

/** Number without needless digits, in the language's signs. */
export function plain(value: Change['value']): string {
  if (typeof value === 'string') return word('state', value);
  if (typeof value !== 'number') return '';
  return fmt().plain(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1);
}

export function dates(change: Change): string {
  if (change.from && change.until)
    return t('change.between', { from: fmt().date(change.from), until: fmt().date(change.until) });
  if (change.from) return t('change.from', { from: fmt().date(change.from) });
  return change.until ? t('change.until', { until: fmt().date(change.until) }) : '';
}

/** "Aktau-Alat container feeders: departures per week 4.5 → 3" */
export function sentence(change: Change, base?: number | string | null): string {
  const added = typeof change.value === 'object' ? change.value : null;
  // The tables know nothing yet of a row that the scenario adds.
  const name = added ? String(added.name ?? change.key) : nameOf(change.table, change.key);
  const column = change.column ? word('column', change.column) : '';
  switch (change.operation) {
    case 'close':
      return [t('change.close', { name }), dates(change)].filter(Boolean).join(' ');
    case 'remove':
      return t('change.remove', { name });
    case 'add':
      return t('change.add', { name });
    case 'scale': {
      const share = (Number(change.value) - 1) * 100;
      const signed = `${share < 0 ? '−' : '+'}${fmt().percent(Math.abs(share) / 100)}`;
      return t('change.scale', { name, column, share: signed });
    }
    default:
      return base === undefined || base === null || base === ''
        ? t('change.set', { name, column, value: plain(change.value) })
        : t('change.setfrom', {
            name,
            column,
            before: plain(typeof base === 'string' && base !== '' && !Number.isNaN(Number(base)) ? Number(base) : base),
            value: plain(change.value),
          });
  }
}
