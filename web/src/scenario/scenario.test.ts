import { beforeAll, expect, test, vi } from 'vitest';
import type { Change, Route } from '../app/types';
import { readChanges, scenarioForm, withChange, writeChanges } from './changes';
import { library, plus } from './library';
import { mark, pairs, shortSignature } from './marks';

const RUSSIA: Change = { operation: 'close', table: 'countries', key: 'RU' };
const FERRY: Change = {
  operation: 'scale',
  table: 'services',
  key: 'feeder-aktau-alat',
  column: 'departures_per_week',
  value: 0.5,
};

function route(id: string, corridor: string, services: string[], hours = 500, usd = 9000): Route {
  return {
    route_id: id,
    corridor,
    p50_h: hours,
    cost_usd_per_box: usd,
    kg_co2e: 80_000,
    on_time_probability: 0.5,
    legs: services.map((service_id, seq) => ({ service_id, seq, to_id: 'x' })),
  } as unknown as Route;
}

test('changes survive the way through a link', () => {
  const odd: Change = { operation: 'set', table: 'services', key: 'a:b~c!d%e', column: 'status', value: 'open' };
  const dated: Change = { operation: 'close', table: 'passages', key: 'caspian', from: '2026-12-01', until: '2026-12-08' };
  const list = [
    { change: RUSSIA, off: false },
    { change: FERRY, off: true },
    { change: odd, off: false },
    { change: dated, off: false },
  ];
  expect(readChanges(writeChanges(list))).toEqual(list);
  expect(writeChanges(list)).toContain('c:countries:RU~!x:services:feeder-aktau-alat:departures_per_week:0.5');
});

test.each(['nonsense', 'q:links:a', 's:links:a', 'x:links:a:b:c', 'c:links', 'c:%E0%A4%A:x'])('%s is no list of changes', (text) =>
  expect(readChanges(text)).toBeNull(),
);

test('what is switched off is not asked', () => {
  expect(scenarioForm('a', [{ change: FERRY, off: true }])).toBeNull();
  expect(scenarioForm('a', [{ change: RUSSIA, off: false }, { change: FERRY, off: true }])).toEqual({
    name: 'a',
    change: [RUSSIA],
  });
});

test('a second change of the same cell takes the place of the first', () => {
  const twice = withChange(withChange([], FERRY), { ...FERRY, value: 0.8 });
  expect(twice).toEqual([{ change: { ...FERRY, value: 0.8 }, off: false }]);
  expect(withChange(twice, RUSSIA)).toHaveLength(2);
});

test('every entry of the library can be written into a link', () => {
  for (const entry of library('2026-12-01')) {
    const list = entry.changes.map((change) => ({ change, off: false }));
    expect(readChanges(writeChanges(list))).toEqual(list);
  }
  expect(plus('2026-12-30', 3)).toBe('2027-01-02');
});

test('a row that is added is a row, or the link is none', () => {
  expect(readChanges('a:services:ferry::{"capacity"%3A50}')).toEqual([
    { change: { operation: 'add', table: 'services', key: 'ferry', value: { capacity: 50 } }, off: false },
  ]);
  for (const value of ['', '50', '[]', 'null', '{'])
    expect(readChanges(`a:services:ferry::${value}`)).toBeNull();
});

test('a mark tells the direction, and nothing below half a per cent', () => {
  expect(mark(100, 120)).toEqual({ before: 100, delta: 20, direction: 'up' });
  expect(mark(100, 90)?.direction).toBe('down');
  expect(mark(1000, 1004)?.direction).toBe('same');
  expect(mark(null, 5)).toBeNull();
});

test('routes are the same by the services that carry them, not by rank', () => {
  const before = [route('A', 'northern', ['n1']), route('B', 'middle', ['m1', 'm2'])];
  const after = [route('A', 'middle', ['m1', 'm2'], 600), route('B', 'southern', ['s1'])];
  const [middle, southern, lost] = pairs(before, after);
  expect(middle).toMatchObject({ rankBefore: 1, rankAfter: 0 });
  expect(middle?.days).toMatchObject({ delta: 100, direction: 'up' });
  expect(southern?.before).toBeNull();
  expect(lost).toMatchObject({ after: null, before: { corridor: 'northern' } });
  expect(shortSignature(before[1]!)).toBe(shortSignature(after[0]!));
});

test('the best way of a corridor stands for the one that moved', () => {
  const [pair, ...more] = pairs([route('A', 'middle', ['m1'])], [route('A', 'middle', ['m2'])]);
  expect(pair?.before?.legs[0]?.service_id).toBe('m1');
  expect(more).toEqual([]);
});

beforeAll(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no server in this test')));
  vi.stubGlobal('document', { documentElement: {} });
});

test('a change is a sentence', async () => {
  const { setLang } = await import('../text/text.svelte');
  const { sentence } = await import('./sentences');
  await setLang('en');
  expect(sentence(RUSSIA)).toBe('Russia: closed');
  expect(sentence(FERRY)).toBe('feeder-aktau-alat, departures a week: −50 %'.replace(' %', '\u00a0%'));
  expect(sentence({ ...FERRY, operation: 'set', value: 3 }, 4.5)).toBe(
    'feeder-aktau-alat, departures a week: 4.50 → 3',
  );
  await setLang('tr');
  expect(sentence(RUSSIA)).toBe('Rusya: kapalı');
});
