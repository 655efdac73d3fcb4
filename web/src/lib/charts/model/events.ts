// A route as rows of a timeline: moves and what happens between them, in the order of travel.
import type { Mode, PlanRoute, TransferKind } from '../plan';

export type Texture = 'moving' | 'handling' | 'waiting' | 'closed';

export interface Segment {
  texture: Texture;
  hours: number;
}

export interface TimelineRow {
  key: string;
  what: 'ready' | 'move' | 'available' | TransferKind;
  place: string;
  toPlace: string | null;
  country: string;
  mode: Mode | null;
  service: string | null;
  /** Mean hours from cargo ready. */
  start: number;
  mean: number;
  p50: number | null;
  p90: number | null;
  cutoff: string | null;
  segments: Segment[];
}

/** A truck that anyone may order has no name worth telling. */
const ANY_TRUCK = 'truck';

export function timelineRows(route: PlanRoute): TimelineRow[] {
  // The stay before a departure tells its cut-off already.
  const told = new Set(route.transfers.map((stay) => stay.cutoff_at));
  const moves: (TimelineRow & { seq: number })[] = route.legs.map((leg) => ({
    seq: leg.seq,
    key: `leg ${leg.seq}`,
    what: 'move',
    place: leg.from_name,
    toPlace: leg.to_name,
    country: leg.from_country,
    mode: leg.mode,
    service: leg.service_id === ANY_TRUCK ? null : leg.service_name,
    start: leg.start_h,
    mean: leg.mean_h,
    p50: leg.p50_h,
    p90: leg.p90_h,
    cutoff: told.has(leg.cutoff_at) ? null : leg.cutoff_at,
    segments: [{ texture: 'moving', hours: leg.mean_h }],
  }));
  const stays: (TimelineRow & { seq: number })[] = route.transfers.map((stay) => ({
    seq: stay.seq,
    key: `transfer ${stay.seq}`,
    what: stay.kind,
    place: stay.terminal_name,
    toPlace: null,
    country: stay.country,
    mode: null,
    service: null,
    start: stay.start_h,
    mean: stay.mean_h,
    p50: stay.p50_h,
    p90: stay.p90_h,
    cutoff: stay.cutoff_at,
    segments: (
      [
        { texture: 'handling', hours: stay.handling_h },
        { texture: 'waiting', hours: stay.wait_h },
        { texture: 'closed', hours: stay.closure_h },
      ] satisfies Segment[]
    ).filter(({ hours }) => hours > 0),
  }));
  const rows = [...moves, ...stays].sort((a, b) => a.seq - b.seq);
  const [first] = rows;
  const last = route.legs.reduce<PlanRoute['legs'][number] | null>((a, b) => (a && a.seq > b.seq ? a : b), null);
  if (!first || !last) return [];
  const instant = { toPlace: null, mode: null, service: null, cutoff: null, segments: [], mean: 0, p50: null, p90: null };
  return [
    { ...instant, key: 'ready', what: 'ready', place: first.place, country: first.country, start: 0 },
    ...rows,
    {
      ...instant,
      key: 'available',
      what: 'available',
      place: last.to_name,
      country: last.to_country,
      start: route.mean_h,
      p50: route.p50_h,
      p90: route.p90_h,
    },
  ];
}

/** Mean hours of each texture over a whole route. */
export function textureSums(rows: readonly TimelineRow[]): Record<Texture, number> {
  const sums = { moving: 0, handling: 0, waiting: 0, closed: 0 };
  for (const row of rows) for (const { texture, hours } of row.segments) sums[texture] += hours;
  return sums;
}
