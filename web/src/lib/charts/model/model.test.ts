import { describe, expect, test } from 'vitest';
import type { PlanRoute } from '../plan';
import { carbonBars, costBars, roundingOf } from './bars';
import { textureSums, timelineRows } from './events';
import { betterThan, frontier, stairs } from './pareto';
import { dotHours, stacked } from './quantiles';
import { dayTicks } from './ticks';

const offers = [
  { id: 'A', cost: 8000, time: 22 },
  { id: 'B', cost: 7000, time: 50 },
  { id: 'C', cost: 9000, time: 45 },
  { id: 'D', cost: 7000, time: 60 },
];

describe('pareto', () => {
  test('stairs go from the cheapest to the fastest', () => {
    expect(frontier(offers).map((one) => one.id)).toEqual(['B', 'A']);
    expect(stairs(offers)).toEqual([[7000, 50], [8000, 50], [8000, 22]]);
  });
  test('who is beaten knows by whom', () => {
    expect(betterThan(offers[2]!, offers)?.id).toBe('A');
    expect(betterThan(offers[3]!, offers)?.id).toBe('B');
    expect(betterThan(offers[0]!, offers)).toBeNull();
  });
  test('twins beat each other not', () => {
    const twins = [{ id: 'A', cost: 1, time: 1 }, { id: 'B', cost: 1, time: 1 }];
    expect(frontier(twins)).toHaveLength(2);
  });
});

describe('quantile dots', () => {
  const straight = [[0, 0], [1, 200]] as const;
  test('are the middles of twentieths', () => {
    const hours = dotHours(straight);
    expect(hours).toHaveLength(20);
    expect(hours[0]).toBeCloseTo(5);
    expect(hours[19]).toBeCloseTo(195);
  });
  test('a share that never arrives takes the last dots', () => {
    expect(dotHours(straight, 0.1).slice(17)).toEqual([expect.closeTo(175), null, null]);
  });
  test('nothing told, nothing drawn', () => expect(dotHours([])).toEqual([]));
  test('are not drawn out beyond what is told', () => {
    const hours = dotHours([[0.1, 100], [0.9, 300]]);
    expect(hours[0]).toBe(100);
    expect(hours[19]).toBe(300);
  });
  test('a deadline parts its column', () => {
    const dots = stacked([1, 10, 13, 20, null], 24, 12);
    expect(dots.map((dot) => [dot.inTime, dot.level])).toEqual([[true, 0], [true, 1], [false, 0], [false, 1]]);
    expect(dots[1]!.at).toBeLessThan(12);
    expect(dots[2]!.at).toBeGreaterThan(12);
  });
});

const line = (item: string, usd: number) => ({ item, usd, table: 't', key: item });
const stay = { terminal_id: 'x', terminal_name: 'X', country: 'KZ', kind: 'transship' as const, p50_h: 9, p90_h: 20, cutoff_at: null };
const leg = {
  from_id: 'a', from_name: 'A', from_country: 'CN', to_id: 'x', to_name: 'X', to_country: 'KZ', mode: 'rail' as const, service_id: 's',
  service_name: 'S', p50_h: 10, p90_h: 12, etd_at: null, eta_at: null, cutoff_at: null, km: 1, link_ids: [], points: [],
};
const route = {
  route_id: 'A', mean_h: 35, p50_h: 34, p90_h: 50,
  legs: [
    { ...leg, seq: 1, start_h: 0, mean_h: 10, kg_co2e: 60, lines: [line('rail_tariff', 1000.4), line('insurance', 20.4)] },
    { ...leg, seq: 3, start_h: 20, mean_h: 15, kg_co2e: 30, lines: [line('rail_tariff', 500)] },
  ],
  transfers: [
    { ...stay, seq: 2, start_h: 10, mean_h: 10, handling_h: 4, wait_h: 6, closure_h: 0, kg_co2e: 10, lines: [line('new_fee', 5), line('handling', 100.4)] },
  ],
} as unknown as PlanRoute;

describe('a route', () => {
  test('is told in the order of travel', () => {
    const rows = timelineRows(route);
    expect(rows.map((row) => row.what)).toEqual(['ready', 'move', 'transship', 'move', 'available']);
    expect(textureSums(rows)).toEqual({ moving: 25, handling: 4, waiting: 6, closed: 0 });
    expect(rows[2]!.segments.map((segment) => segment.texture)).toEqual(['handling', 'waiting']);
  });
  test('costs its lines, in the order of a quotation, an unknown one last', () => {
    const bars = costBars(route, 2);
    expect(bars.map((bar) => bar.key)).toEqual(['rail_tariff', 'handling', 'insurance', 'new_fee']);
    expect(bars[0]!.value).toBeCloseTo(750.2);
  });
  test('what rounding loses is told', () => expect(roundingOf(costBars(route), 1626.2)).toBe(1));
  test('of its carbon the plan knows no WTT', () => {
    const bars = carbonBars(route, null);
    expect(bars.map((bar) => [bar.value, bar.light])).toEqual([[60, null], [30, null], [10, null]]);
  });
  test('the footprint does', () => {
    const common = { route_id: 'A', mode: 'rail', vehicle: '', from_name: 'A', to_name: 'X' };
    const bars = carbonBars(route, [
      { ...common, seq: 1, element: 'leg', kg_co2e_wtw: 80, kg_co2e_ttw: 20 },
      { ...common, seq: 2, element: 'hub', kg_co2e_wtw: 10, kg_co2e_ttw: 8 },
      { ...common, seq: 1, element: 'leg', kg_co2e_wtw: 1, kg_co2e_ttw: 1, route_id: 'B' },
    ]);
    expect(bars.map((bar) => [bar.key, bar.value, bar.light])).toEqual([['leg 1', 80, 60], ['hubs', 10, 2]]);
  });
});

test('ticks lie on midnights', () => {
  const start = Date.UTC(2027, 0, 11, 6);
  expect(dayTicks(start, 0, 100, 5)).toEqual([18, 42, 66, 90]);
  expect(dayTicks(start, 400, 1000, 6).length).toBeLessThanOrEqual(7);
});
