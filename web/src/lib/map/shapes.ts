// Terminals by shape. Paths lie in a box of 24 around the middle; the map draws them to a canvas, the legend and the
// still map as SVG.

export const SHAPES = ['seaport', 'rail_terminal', 'dry_port', 'border_crossing', 'gauge_change', 'city', 'junction'] as const;
export type Shape = (typeof SHAPES)[number];

interface Drawing {
  outline: string;
  /** A sign inside, in the colour of the ground. */
  sign?: string;
}

export const DRAWINGS: Record<Shape, Drawing> = {
  seaport: {
    outline: 'M0 -10A10 10 0 1 1 0 10A10 10 0 1 1 0 -10Z',
    sign: 'M0 -3V6M-3.5 -1H3.5M-5.5 2.5C-5 5 -2.5 6 0 6C2.5 6 5 5 5.5 2.5M0 -6.6A1.8 1.8 0 1 1 0 -3A1.8 1.8 0 1 1 0 -6.6',
  },
  rail_terminal: { outline: 'M-9 -9H9V9H-9Z' },
  dry_port: { outline: 'M-4 -9H4A5 5 0 0 1 9 -4V4A5 5 0 0 1 4 9H-4A5 5 0 0 1 -9 4V-4A5 5 0 0 1 -4 -9Z', sign: 'M-4.5 0H4.5M0 -4.5V4.5' },
  border_crossing: { outline: 'M-3.5 -11H3.5V11H-3.5Z' },
  gauge_change: { outline: 'M0 -11L11 0L0 11L-11 0Z', sign: 'M-4 -2.5H4M-4 2.5H4' },
  city: { outline: 'M0 -6A6 6 0 1 1 0 6A6 6 0 1 1 0 -6Z' },
  junction: { outline: 'M0 -3.5A3.5 3.5 0 1 1 0 3.5A3.5 3.5 0 1 1 0 -3.5Z' },
};

/** What a terminal of several kinds is drawn as: what stops boxes there comes first. */
const PRIORITY: readonly [string, Shape][] = [
  ['gauge_change', 'gauge_change'],
  ['seaport', 'seaport'],
  ['border_crossing', 'border_crossing'],
  ['road_border', 'border_crossing'],
  ['dry_port', 'dry_port'],
  ['rail_terminal', 'rail_terminal'],
  ['city', 'city'],
];

export function shapeOf(kinds: readonly string[]): Shape {
  return PRIORITY.find(([kind]) => kinds.includes(kind))?.[1] ?? 'junction';
}

/** Pixels across, by the square root of what a terminal can handle in a year; 8 where nobody says. */
export function sizeOf(teuPerYear: number | null | undefined): number {
  if (teuPerYear === null || teuPerYear === undefined) return 8;
  const MOST = 20_000_000;
  return 6 + 12 * Math.sqrt(Math.min(1, teuPerYear / MOST));
}
