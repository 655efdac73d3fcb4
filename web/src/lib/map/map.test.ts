import { describe, expect, test } from 'vitest';
import type { PlanRoute } from '../charts/plan';
import { levelOf } from './data';
import { linkFeatures, terminalFeatures, type LinkRow, type Links, type TerminalRow, type Terminals } from './features';
import { legendEntries, visible } from './legend';
import { classOf, dashOf } from './patterns';
import { badgeFeatures, boundsOf, routeFeatures } from './routes';
import { shapeOf, sizeOf } from './shapes';

const link = (id: string, coordinates: [number, number][], more: Partial<LinkRow> = {}): Links['features'][number] => ({
  type: 'Feature',
  geometry: { type: 'LineString', coordinates },
  properties: { link_id: id, from_terminal: 'a', to_terminal: 'b', mode: 'rail', km: 1, gauge_mm: 1520, status: 'open', slot: 0, ...more },
});
const links = (...features: Links['features']): Links => ({ type: 'FeatureCollection', features });
const terminal = (id: string, more: Partial<TerminalRow> = {}): Terminals['features'][number] => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [50, 40] },
  properties: { terminal_id: id, name: id, country: 'AZ', kinds: ['rail_terminal'], status: 'open', ...more },
});

describe('links', () => {
  test('a closed one never vanishes', () => {
    const [here, gone] = [link('x', [[0, 0], [1, 1]]), link('y', [[0, 0], [1, 1]])];
    const told = linkFeatures(links(here), links(here, gone), {}).map(({ properties: { id, state, changed } }) => [id, state, changed]);
    expect(told).toEqual([['x', 'open', false], ['y', 'closed', true]]);
  });
  test('what is not known is a class of its own', () => {
    const [made] = linkFeatures(links(link('x', [[0, 0], [1, 1]], { gauge_mm: undefined })), null, {});
    expect(made?.properties).toMatchObject({ gauge: 'unknown', electrification: 'unknown', capacity: 'unknown' });
    expect(classOf('capacity', 0)).toBe('0-10');
    expect(classOf('capacity', 80)).toBe('80+');
  });
  test('ferries are those that are named', () => {
    const both = links(link('x', [[0, 0], [1, 1]], { mode: 'sea' }), link('y', [[0, 0], [1, 1]], { mode: 'sea' }));
    expect(linkFeatures(both, null, { ferryLinks: new Set(['y']) }).map((one) => one.properties.mode)).toEqual(['sea', 'ferry']);
  });
  test('a state that has a pattern hides that of the mode', () => {
    expect(dashOf('sea', 'planned')).toEqual([1, 3]);
    expect(dashOf('sea', 'closed')).toEqual([3, 2]);
  });
});

describe('terminals', () => {
  test('shape tells what stops boxes there', () => {
    expect(shapeOf(['seaport', 'gauge_change'])).toBe('gauge_change');
    expect(shapeOf(['rail_terminal', 'border_crossing', 'city'])).toBe('border_crossing');
    expect(shapeOf(['junction'])).toBe('junction');
  });
  test('size only where the figure exists', () => {
    expect(sizeOf(undefined)).toBe(8);
    expect(sizeOf(0)).toBe(6);
    expect(sizeOf(1e9)).toBe(18);
  });
  test('those of the route show first', () => {
    const all = Array.from({ length: 20 }, (_, at) => terminal(`t${at}`, { container_capacity_teu_per_year: 1e6 - at }));
    const made = terminalFeatures({ type: 'FeatureCollection', features: all }, { onRoute: new Set(['t19']) });
    expect(made[0]?.properties).toMatchObject({ id: 't19', from: 0, labelFrom: 0 });
    expect(made.find((one) => one.properties.id === 't18')?.properties.from).toBe(4);
  });
  test('names in Latin letters where asked for', () => {
    const one = { type: 'FeatureCollection' as const, features: [terminal('x', { name: '西安', aliases: ['Сиань', "Xi'an"] })] };
    expect(terminalFeatures(one, { latin: true })[0]?.properties.name).toBe("Xi'an");
    expect(terminalFeatures(one, {})[0]?.properties.name).toBe('西安');
  });
});

const route = (id: string, link_ids: string[]): PlanRoute =>
  ({
    route_id: id, corridor: 'middle', transfers: [],
    legs: [{ mode: 'rail', service_id: 's', link_ids, points: [[40, 50], [41, 60]] }],
  }) as unknown as PlanRoute;

describe('routes', () => {
  const known = links(link('x', [[50, 40], [55, 45], [60, 41]]));
  test('follow their links, and lie side by side where they share one', () => {
    const made = routeFeatures({ routes: [route('A', ['x']), route('B', ['x']), route('C', ['x'])], selected: 'B' }, known);
    expect(made.map(({ properties: { id, slot, selected } }) => [id, slot, selected])).toEqual([['A', 1, false], ['C', -1, false], ['B', 0, true]]);
    expect(boundsOf(made)).toEqual([50, 40, 60, 45]);
  });
  test('go straight where a link is not there; longitude first', () => {
    const [made] = routeFeatures({ routes: [route('A', ['x', 'missing'])], selected: null }, known);
    expect(made?.geometry.coordinates).toEqual([[50, 40], [60, 41]]);
  });
  test('letters of one place stand side by side', () => {
    const made = badgeFeatures({ routes: [route('A', []), route('B', [])], selected: 'A' });
    expect(made.map((one) => one.properties.place)).toEqual([0, 0, 1, 1]);
  });
  test('nothing has no bounds', () => expect(boundsOf([])).toBeNull());
});

test('the legend counts what is in view, unknown last', () => {
  const made = linkFeatures(
    links(link('x', [[0, 0], [1, 1]]), link('y', [[0, 0], [1, 1]], { gauge_mm: undefined }), link('far', [[100, 50], [101, 50]]), link('around', [[-20, 20], [-20, 60], [60, 60]])),
    null, {},
  );
  const seen = visible(made, [], [-5, -5, 5, 5], 6);
  expect(legendEntries('gauge', seen).map(({ key, count }) => [key, count])).toEqual([['gauge:1520', 1], ['gauge:unknown', 1]]);
});

test.each([[2.2, 3], [3.9, 3], [4, 5], [6.5, 7], [11, 8]])('at zoom %d geometry of zoom %d is asked for', (zoom, level) => expect(levelOf(zoom)).toBe(level));
