// What a legend lists: only what is in view, with counts, unknown last.
import type { Position } from 'geojson';
import { linesOf, type LinkFeature, type TerminalFeature } from './features';
import { CLASSES, MODES, STATES, type LinkState, type MapMode, type View } from './patterns';
import type { Bounds } from './routes';
import type { Shape } from './shapes';

export interface Entry {
  /** "view:class", as filters name it. */
  key: string;
  kind: View | 'state' | 'shape' | 'changed';
  id: string;
  count: number;
}

/** Whether any stretch of a line may be seen. Stretch by stretch: the box of a whole sea lane holds half the world. */
function meets(lines: readonly Position[][], [west, south, east, north]: Bounds): boolean {
  return lines.some((line) =>
    line.some(([lon = 0, lat = 0], at) => {
      const [lon0 = lon, lat0 = lat] = line[at - 1] ?? [];
      return Math.min(lon, lon0) <= east && Math.max(lon, lon0) >= west && Math.min(lat, lat0) <= north && Math.max(lat, lat0) >= south;
    }),
  );
}

const within = ([lon = 0, lat = 0]: Position, [west, south, east, north]: Bounds) => lon >= west && lon <= east && lat >= south && lat <= north;

export interface Visible {
  links: LinkFeature[];
  terminals: TerminalFeature[];
}

export function visible(links: readonly LinkFeature[], terminals: readonly TerminalFeature[], box: Bounds, zoom: number): Visible {
  return {
    links: links.filter((one) => meets(linesOf(one.geometry), box)),
    terminals: terminals.filter((one) => one.properties.from <= zoom && within(one.geometry.coordinates, box)),
  };
}

function counted<T>(items: readonly T[], idOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(idOf(item), (counts.get(idOf(item)) ?? 0) + 1);
  return counts;
}

function entries(kind: Entry['kind'], counts: ReadonlyMap<string, number>, order: readonly string[]): Entry[] {
  return order
    .filter((id) => counts.has(id))
    .map((id) => ({ key: `${kind}:${id}`, kind, id, count: counts.get(id) ?? 0 }));
}

const SHAPE_ORDER: Shape[] = ['seaport', 'rail_terminal', 'dry_port', 'border_crossing', 'gauge_change', 'city'];

const CORRIDOR_ORDER = ['middle', 'northern', 'southern', 'ocean_suez', 'ocean_cape', 'other'];

/** `corridors` : that of each planned route, told where hue tells corridors. */
export function legendEntries(view: View, { links, terminals }: Visible, corridors: readonly string[] = []): Entry[] {
  const listed: Entry[] = [];
  if (view === 'corridor') listed.push(...entries('corridor', counted(corridors, (one) => one), CORRIDOR_ORDER));
  if (view === 'gauge' || view === 'electrification' || view === 'capacity') {
    const order = [...CLASSES[view].map((one) => one.id), 'unknown'];
    listed.push(...entries(view, counted(links, (one) => one.properties[view]), order));
  } else {
    if (view === 'throughput' || view === 'delay') {
      const order = [...CLASSES[view].map((one) => one.id), 'unknown'];
      listed.push(...entries(view, counted(terminals, (one) => one.properties[view]), order));
    }
    listed.push(...entries('mode', counted<LinkFeature>(links, (one) => one.properties.mode), MODES satisfies readonly MapMode[]));
  }
  const states = STATES.filter((state) => state !== 'open') satisfies LinkState[];
  listed.push(...entries('state', counted(links, (one) => one.properties.state), states));
  const changed = links.filter((one) => one.properties.changed).length;
  if (changed > 0) listed.push({ key: 'changed:yes', kind: 'changed', id: 'yes', count: changed });
  listed.push(...entries('shape', counted(terminals, (one) => one.properties.shape), SHAPE_ORDER));
  return listed;
}
