import { expect, test } from 'vitest';
import type { Route } from '../app/types';
import { sorted, tags } from './sorting';

const of = (id: string, p50_h: number, cost: number, kg: number, sure: number | null) =>
  ({ route_id: id, p50_h, cost_usd_per_box: cost, kg_co2e: kg, on_time_probability: sure }) as Route;
const ROUTES = [of('A', 500, 9, 80, 0.9), of('B', 1300, 8, 120, 0), of('C', 500, 10, 90, 0.2)];
const order = (by: string) => sorted(ROUTES, by).map((route) => route.route_id).join('');

test.each([
  ['best', 'ABC'],
  ['days', 'ACB'],
  ['cost', 'BAC'],
  ['carbon', 'ACB'],
  ['ontime', 'ACB'],
])('sorted by %s', (by, letters) => expect(order(by)).toBe(letters));

test('at most two words say what a route is best at', () => {
  expect(tags(ROUTES[0]!, ROUTES)).toEqual(['fastest', 'greenest']);
  expect(tags(ROUTES[1]!, ROUTES)).toEqual(['cheapest']);
  expect(tags(ROUTES[0]!, [ROUTES[0]!])).toEqual([]);
});
