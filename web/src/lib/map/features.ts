// From /v1/network to what the map draws: few properties, every class decided here once.
import type { Feature, FeatureCollection, LineString, MultiLineString, Point, Position } from 'geojson';
import { classOf, type LinkState, type MapMode } from './patterns';
import { shapeOf, sizeOf, type Shape } from './shapes';

export interface LinkRow {
  link_id: string;
  from_terminal: string;
  to_terminal: string;
  mode: string;
  km: number;
  gauge_mm?: number;
  electrified_share?: number;
  running_p50_h?: number;
  capacity_trains_per_day?: number;
  status: string;
  slot?: number;
  confidence?: string;
}
export interface TerminalRow {
  terminal_id: string;
  name: string;
  aliases?: string[];
  country: string;
  kinds: string[];
  container_capacity_teu_per_year?: number;
  status: string;
}
export type Links = FeatureCollection<LineString | MultiLineString, LinkRow>;
export type Terminals = FeatureCollection<Point, TerminalRow>;

export interface LinkProps {
  id: string;
  mode: MapMode;
  state: LinkState;
  /** Names the dash pattern: the state where that has one, otherwise the mode. */
  dash: string;
  gauge: string;
  electrification: string;
  capacity: string;
  slot: number;
  changed: boolean;
  /** "112 %", written, where a link is overloaded. */
  load: string;
}
export interface TerminalProps {
  id: string;
  name: string;
  shape: Shape;
  hollow: boolean;
  size: number;
  /** Zoom from which it shows, and from which its name does. */
  from: number;
  labelFrom: number;
  /** Smaller is more important. */
  rank: number;
  throughput: string;
  delay: string;
}
export type LinkFeature = Feature<LineString | MultiLineString, LinkProps>;
export type TerminalFeature = Feature<Point, TerminalProps>;

/** What scenario and simulation say of single links and terminals; all of it may be left out. */
export interface Marks {
  ferryLinks?: ReadonlySet<string>;
  changed?: ReadonlySet<string>;
  states?: ReadonlyMap<string, LinkState>;
  loads?: ReadonlyMap<string, string>;
  /** TEU a year that a terminal handles, and hours that a border takes, by terminal. */
  throughput?: ReadonlyMap<string, number>;
  delays?: ReadonlyMap<string, number>;
  onRoute?: ReadonlySet<string>;
  latin?: boolean;
}

function modeOf(row: LinkRow, marks: Marks): MapMode {
  if (row.mode === 'sea' && marks.ferryLinks?.has(row.link_id)) return 'ferry';
  return row.mode === 'sea' || row.mode === 'road' || row.mode === 'inland_waterway' ? row.mode : 'rail';
}

function gaugeOf(row: LinkRow): string {
  if (row.mode !== 'rail') return 'none';
  if (row.gauge_mm === undefined) return 'unknown';
  return row.gauge_mm === 1435 || row.gauge_mm === 1520 ? String(row.gauge_mm) : 'other';
}

function electrificationOf(row: LinkRow): string {
  if (row.mode !== 'rail') return 'none_rail';
  const share = row.electrified_share;
  if (share === undefined) return 'unknown';
  return share >= 0.995 ? 'all' : share <= 0.005 ? 'none' : 'some';
}

/** Links of the network, and those of the network before the change that are gone, as closed. */
export function linkFeatures(now: Links, before: Links | null, marks: Marks): LinkFeature[] {
  const here = new Set(now.features.map((one) => one.properties.link_id));
  const gone = before?.features.filter((one) => !here.has(one.properties.link_id)) ?? [];
  const made = (one: Links['features'][number], closed: boolean): LinkFeature => {
    const row = one.properties;
    const mode = modeOf(row, marks);
    const state = closed ? 'closed' : (marks.states?.get(row.link_id) ?? (row.status === 'planned' ? 'planned' : 'open'));
    const pattern = state === 'planned' || state === 'construction' ? state : mode;
    return {
      type: 'Feature',
      geometry: one.geometry,
      properties: {
        id: row.link_id,
        mode,
        state,
        dash: pattern,
        gauge: gaugeOf(row),
        electrification: electrificationOf(row),
        capacity: row.mode === 'rail' ? classOf('capacity', row.capacity_trains_per_day) : 'none_rail',
        slot: row.slot ?? 0,
        changed: closed || (marks.changed?.has(row.link_id) ?? false),
        load: marks.loads?.get(row.link_id) ?? '',
      },
    };
  };
  return [...now.features.map((one) => made(one, false)), ...gone.map((one) => made(one, true))];
}

const BUSY_TEU = 50_000;
const FIRST_LABELS = 12;
const BORDER_SHAPES: readonly Shape[] = ['border_crossing', 'gauge_change'];

/** Names in Latin letters where the reader has no font for the others. */
const isLatin = (name: string) => !/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(name);

export function terminalFeatures(terminals: Terminals, marks: Marks): TerminalFeature[] {
  const ranked = [...terminals.features].sort((a, b) => weight(b.properties, marks) - weight(a.properties, marks));
  return ranked.map((one, rank) => {
    const row = one.properties;
    const shape = shapeOf(row.kinds);
    const teu = row.container_capacity_teu_per_year;
    const routed = marks.onRoute?.has(row.terminal_id) ?? false;
    const from = routed ? 0 : rank < FIRST_LABELS ? 2 : (teu ?? 0) >= BUSY_TEU || BORDER_SHAPES.includes(shape) ? 4 : 6;
    const name = marks.latin && !isLatin(row.name) ? (row.aliases?.find(isLatin) ?? row.terminal_id) : row.name;
    return {
      type: 'Feature',
      geometry: one.geometry,
      properties: {
        id: row.terminal_id,
        name: shortName(name),
        shape,
        hollow: teu === undefined && shape !== 'junction' && shape !== 'city',
        size: shape === 'junction' ? 6 : sizeOf(teu),
        from,
        labelFrom: routed ? 0 : rank < FIRST_LABELS ? 2 : shape === 'junction' ? 7 : from === 4 ? 5 : 6,
        rank,
        throughput: classOf('throughput', marks.throughput?.get(row.terminal_id)),
        delay: classOf('delay', marks.delays?.get(row.terminal_id)),
      },
    };
  });
}

function weight(row: TerminalRow, marks: Marks): number {
  return (marks.onRoute?.has(row.terminal_id) ? 1e9 : 0) + (row.container_capacity_teu_per_year ?? 0);
}

/** What stands in brackets belongs to the details, not on the map. */
const shortName = (name: string) => name.replace(/\s*\([^)]*\)/g, '').trim() || name;

export const collection = <F extends Feature>(features: F[]): FeatureCollection<F['geometry'], F['properties']> => ({
  type: 'FeatureCollection',
  features,
});

export const linesOf = (geometry: LineString | MultiLineString): Position[][] =>
  geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates;

