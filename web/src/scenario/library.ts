/** What-ifs that are ready to take. Each is a few changes that the API understands. Pure. */
import type { Change } from '../app/types';

export interface Entry {
  readonly id: string;
  readonly changes: readonly Change[];
}

/** Entries around a day on which the cargo is ready. */
export function library(ready: string): Entry[] {
  return [
    { id: 'russia', changes: [{ operation: 'close', table: 'countries', key: 'RU' }] },
    { id: 'iran', changes: [{ operation: 'close', table: 'countries', key: 'IR' }] },
    {
      id: 'storm',
      changes: [
        { operation: 'close', table: 'passages', key: 'caspian', from: plus(ready, 14), until: plus(ready, 21) },
      ],
    },
    {
      id: 'ferry',
      changes: [
        {
          operation: 'scale',
          table: 'services',
          key: 'feeder-aktau-alat',
          column: 'departures_per_week',
          value: 0.5,
        },
      ],
    },
    { id: 'suez', changes: [{ operation: 'close', table: 'passages', key: 'suez' }] },
    {
      id: 'ships',
      changes: [
        { operation: 'set', table: 'services', key: 'feeder-aktau-alat-cims', column: 'status', value: 'open' },
        { operation: 'set', table: 'services', key: 'feeder-aktau-alat-cims', column: 'valid_from', value: plus(ready, -30) },
      ],
    },
    {
      id: 'rail',
      changes: [
        { operation: 'scale', table: 'unit_costs', key: 'rail-kz-westbound', column: 'value', value: 1.12 },
      ],
    },
  ];
}

export function plus(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** What can be said of a thing on the map: closed, slower, dearer. */
export function offers(table: string, key: string): { id: 'close' | 'slower' | 'rarer'; change: Change }[] {
  const close = { id: 'close' as const, change: { operation: 'close', table, key } satisfies Change };
  if (table === 'links')
    return [
      close,
      { id: 'slower', change: { operation: 'scale', table, key, column: 'running_p50_h', value: 1.5 } },
    ];
  if (table === 'services')
    return [
      close,
      { id: 'rarer', change: { operation: 'scale', table, key, column: 'departures_per_week', value: 0.5 } },
    ];
  return [close];
}
