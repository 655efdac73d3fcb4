/** Where everything is at a second of the year: numbers in, numbers out, no map and no clock. */
import type { ReplayTold, Stand, Trip } from './types';

export const DAY_S = 86_400;

/** A vehicle at a moment: on a link so far from its beginning (0 to 1), or standing at a terminal. */
export interface Seat {
  readonly vehicle: number;
  readonly kind: 'train' | 'ship';
  readonly leg: number;
  readonly load: number;
  /** Position in `links`; -1 where it stands. */
  readonly link: number;
  readonly along: boolean;
  readonly share: number;
  /** Where it stands: an end of the leg; '' between two terminals, where `link` and `share` say where. */
  readonly at: string;
  readonly moving: boolean;
}

const beginOf = (trip: Trip): number => trip[3][1] ?? 0;
const endOf = (trip: Trip): number => trip[3].at(-1) ?? 0;

export class Replay {
  readonly seconds: number;
  /** Trips of each vehicle in the order in which they began. */
  private readonly trips: Trip[][];

  constructor(readonly told: ReplayTold) {
    this.seconds = told.days * DAY_S;
    this.trips = told.vehicles.map(() => []);
    for (const trip of told.trips) this.trips[trip[0]]?.push(trip);
  }

  /** Every vehicle that is there. */
  seats(second: number): Seat[] {
    const found: Seat[] = [];
    this.told.vehicles.forEach(([pool, until], vehicle) => {
      const trips = this.trips[vehicle]!;
      const kind = this.told.pools[pool]!.kind;
      const first = trips[0];
      if (!first || second > until) return;
      if (second < beginOf(first)) {
        // Ships of a pool are there from the first day; a train is made when it sets out.
        if (kind === 'ship') found.push(this.standing(vehicle, kind, first, this.told.legs[first[1]]!.from));
        return;
      }
      const trip = trips[lastBegun(trips, second)]!;
      if (second >= endOf(trip)) found.push(this.standing(vehicle, kind, trip, this.told.legs[trip[1]]!.to));
      else found.push(under(vehicle, kind, trip, second));
    });
    return found;
  }

  private standing(vehicle: number, kind: Seat['kind'], trip: Trip, at: string): Seat {
    return { vehicle, kind, leg: trip[1], load: 0, link: -1, along: true, share: 0, at, moving: false };
  }

  step(second: number): number {
    const steps = (this.told.days * 24) / this.told.step_h;
    return Math.max(0, Math.min(steps - 1, Math.floor(second / 3600 / this.told.step_h)));
  }
}

/** The last trip that has begun, by halving. */
function lastBegun(trips: readonly Trip[], second: number): number {
  let [low, high] = [0, trips.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (beginOf(trips[middle]!) <= second) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** On the way: on a link, or held at the end of one. */
function under(vehicle: number, kind: Seat['kind'], trip: Trip, second: number): Seat {
  const [, leg, load, track] = trip;
  let at = 0;
  while (at + 3 < track.length && track[at + 4]! <= second) at += 3;
  const [link, begin, end] = [track[at]!, track[at + 1]!, track[at + 2]!];
  const share = end > begin ? Math.min(1, Math.max(0, (second - begin) / (end - begin))) : 1;
  return { vehicle, kind, leg, load, link: Math.abs(link) - 1, along: link > 0, share, at: '', moving: second < end };
}

export const isShut = (stand: Stand, second: number): boolean =>
  stand.shut.some(([begin, end]) => begin <= second && second < end);

export interface Jam {
  /** Number of the day in the year, from 0. */
  readonly day: number;
  /** Boxes, wagons and trucks that wait on that day, mean of the day. */
  readonly boxes: number;
  readonly ships: number;
  readonly trains: number;
  /** Terminal where most wait. */
  readonly terminal: string;
}

/** The day on which most boxes, wagons and trucks wait; the earlier one of two alike. */
export function worstDay(told: ReplayTold): Jam | null {
  const perDay = 24 / told.step_h;
  const mean = (values: readonly number[], day: number) => {
    let sum = 0;
    for (let i = 0; i < perDay; i += 1) sum += values[day * perDay + i] ?? 0;
    return sum / perDay;
  };
  const all = (part: 'boxes' | 'ships' | 'trains', day: number) =>
    told.terminals.reduce((sum, each) => sum + mean(each[part], day), 0);
  let worst: { day: number; boxes: number } | null = null;
  for (let day = 0; day < told.days; day += 1) {
    const boxes = all('boxes', day);
    if (!worst || boxes > worst.boxes) worst = { day, boxes };
  }
  if (!worst) return null;
  const { day, boxes } = worst;
  const top = [...told.terminals].sort((a, b) => mean(b.boxes, day) - mean(a.boxes, day))[0];
  return { day, boxes, ships: all('ships', day), trains: all('trains', day), terminal: top?.name ?? '' };
}

export type Point = readonly [x: number, y: number];

/** A line that is walked by the share of its length. */
export class Course {
  private readonly lengths: number[] = [0];

  constructor(readonly points: readonly Point[]) {
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1]!, points[i]!];
      // A degree of longitude is the shorter the farther north it lies.
      const narrow = Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180);
      this.lengths.push(this.lengths[i - 1]! + Math.hypot((b[0] - a[0]) * narrow, b[1] - a[1]));
    }
  }

  /** The point so far along, and the one before it and after it, which tell the direction. */
  at(share: number): { point: Point; from: Point; to: Point } {
    const { points, lengths } = this;
    const whole = lengths.at(-1) ?? 0;
    const wanted = whole * Math.min(1, Math.max(0, share));
    let [low, high] = [1, Math.max(1, points.length - 1)];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lengths[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    const [from, to] = [points[low - 1] ?? [0, 0], points[low] ?? points[0] ?? [0, 0]] as [Point, Point];
    const part = (lengths[low] ?? 0) - (lengths[low - 1] ?? 0);
    const into = part > 0 ? (wanted - lengths[low - 1]!) / part : 0;
    return { point: [from[0] + (to[0] - from[0]) * into, from[1] + (to[1] - from[1]) * into], from, to };
  }
}
