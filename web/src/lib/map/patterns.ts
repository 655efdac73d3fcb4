// How lines are drawn: hue tells what the view is about, pattern always tells mode or state. Dashes are in multiples of
// the line's width; the map, its legend and the still map draw from this one table.
import type { Token } from './palette';

export const MODES = ['rail', 'sea', 'ferry', 'road', 'inland_waterway'] as const;
export type MapMode = (typeof MODES)[number];
export const STATES = ['open', 'planned', 'construction', 'seasonal', 'closed', 'overloaded'] as const;
export type LinkState = (typeof STATES)[number];
export const VIEWS = ['mode', 'corridor', 'gauge', 'electrification', 'capacity', 'throughput', 'delay'] as const;
export type View = (typeof VIEWS)[number];

/** A gap of nothing: MapLibre wants a pattern for every line of a layer. */
const SOLID = [1, 0];
export const DASHES: Record<MapMode | 'planned' | 'construction' | 'unknown', number[]> = {
  rail: SOLID,
  sea: [3, 2],
  ferry: [4, 1.5, 1, 1.5],
  road: SOLID,
  inland_waterway: [1, 1],
  planned: [1, 3],
  construction: [4, 3],
  unknown: [1, 2],
};

export function dashOf(mode: MapMode, state: LinkState): number[] {
  return state === 'planned' || state === 'construction' ? DASHES[state] : DASHES[mode];
}

export const MODE_TOKENS: Record<MapMode, Token> = {
  rail: 'mode-rail',
  sea: 'mode-sea',
  ferry: 'mode-ferry',
  road: 'mode-road',
  inland_waterway: 'mode-inland',
};

const CORRIDOR_TOKENS: Record<string, Token> = {
  middle: 'corridor-middle',
  northern: 'corridor-northern',
  southern: 'corridor-southern',
  ocean_suez: 'corridor-suez',
  ocean_cape: 'corridor-cape',
};
export const corridorToken = (corridor: string): Token => CORRIDOR_TOKENS[corridor] ?? 'corridor-other';

/** Classes of an attribute, from the lowest. `unknown` is a class of its own and comes last in a legend. */
export interface AttributeClass {
  id: string;
  token: Token;
  /** Beyond hue: thicker is more. */
  width: number;
}
const sequence = (...ids: string[]): AttributeClass[] =>
  ids.map((id, at) => ({ id, token: `seq-${at + 1}` as Token, width: 1.5 + at * 0.75 }));

export const CLASSES: Record<Exclude<View, 'mode' | 'corridor'>, AttributeClass[]> = {
  gauge: [
    { id: '1435', token: 'gauge-1435', width: 2 },
    { id: '1520', token: 'gauge-1520', width: 2 },
    { id: 'other', token: 'ink', width: 2 },
  ],
  electrification: [
    { id: 'none', token: 'seq-2', width: 1.5 },
    { id: 'some', token: 'seq-3', width: 2 },
    { id: 'all', token: 'seq-5', width: 2.5 },
  ],
  capacity: sequence('0-10', '10-20', '20-40', '40-80', '80+'),
  throughput: sequence('0-50000', '50000-200000', '200000-1000000', '1000000-5000000', '5000000+'),
  delay: sequence('0-6', '6-12', '12-24', '24-48', '48+'),
};

/** The class of a value by the bounds in the ids of its view. */
export function classOf(view: 'capacity' | 'throughput' | 'delay', value: number | null | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  const found = CLASSES[view].find(({ id }) => id.endsWith('+') || value < Number(id.split('-')[1]));
  return found?.id ?? 'unknown';
}
