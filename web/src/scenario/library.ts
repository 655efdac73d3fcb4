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
    { id: 'anaklia', changes: anaklia(plus(ready, -30)) },
    {
      id: 'rail',
      changes: [
        { operation: 'scale', table: 'unit_costs', key: 'rail-kz-westbound', column: 'value', value: 1.12 },
      ],
    },
  ];
}

/** The deep-sea port is finished: its yard, its railway, and a feeder that nobody has announced yet. */
function anaklia(from: string): Change[] {
  const opened = [
    ['terminals', 'ge-anaklia'],
    ['links', 'ge-samtredia_ge-anaklia'],
    ['links', 'ge-anaklia_ro-constanta'],
  ].flatMap(([table = '', key = '']): Change[] => [
    { operation: 'set', table, key, column: 'status', value: 'open' },
    { operation: 'set', table, key, column: 'valid_from', value: from },
  ]);
  const assumed = { source: ['estimate'], year: 2026, confidence: 'low', basis: 'estimate' };
  const note = 'Assumed: as the feeders Poti-Istanbul, which go as far; two departures a week.';
  const service = {
    name: 'Anaklia-Constanta feeder (assumed)',
    mode: 'sea',
    kind: 'container_feeder',
    runs: 'both',
    accepts: ['container'],
    departures_per_week: 2,
    headway_cv: 0.5,
    capacity: 1300,
    capacity_unit: 'TEU',
    capacity_direction: 'each_way',
    factor_id: 'sea-feeder-1000-1999teu',
    status: 'open',
    calls: [{ terminal_id: 'ge-anaklia' }, { terminal_id: 'ro-constanta', link_ids: ['ge-anaklia_ro-constanta'] }],
    note,
    ...assumed,
  };
  const price = {
    item: 'sea_freight',
    mode: 'sea',
    service_id: 'feeder-anaklia-constanta',
    container: '40',
    direction: 'any',
    value: 400,
    unit: 'USD/FEU',
    price_year: 2025,
    in_model: true,
    note,
    ...assumed,
  };
  return [
    ...opened,
    { operation: 'add', table: 'services', key: 'feeder-anaklia-constanta', value: service },
    { operation: 'add', table: 'unit_costs', key: 'sea-feeder-anaklia-constanta', value: price },
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
