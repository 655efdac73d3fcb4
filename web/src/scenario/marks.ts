/** What a scenario did to the routes: pairs of before and after, and marks with a sign and a word. Pure. */
import type { Route } from '../app/types';

export type Direction = 'up' | 'down' | 'same';

export interface Mark {
  readonly direction: Direction;
  readonly delta: number;
  readonly before: number;
}

export interface Pair {
  /** Null: the route is there no more. */
  readonly after: Route | null;
  /** Null: the route is new. */
  readonly before: Route | null;
  readonly rankBefore: number | null;
  readonly rankAfter: number | null;
  readonly days: Mark | null;
  readonly cost: Mark | null;
  readonly carbon: Mark | null;
  readonly onTime: Mark | null;
}

/** Below this share of the base value nothing is said to have changed. */
const NOISE = 0.005;

/** The route as the services that carry it, in their order: it stays when ranks change. */
export function signature(route: Route): string {
  return route.legs.map((leg) => (leg.service_id === 'truck' ? leg.to_id : leg.service_id)).join('.');
}

/** A short name of a signature for the URL; equal signatures have equal names. */
export function shortSignature(route: Route): string {
  let hash = 2166136261;
  for (const sign of signature(route)) {
    hash ^= sign.charCodeAt(0);
    hash = Math.imul(hash, 16777619);
  }
  return `${route.corridor}-${(hash >>> 0).toString(36)}`;
}

export function mark(before: number | null, after: number | null, noise = NOISE): Mark | null {
  if (before === null || after === null) return null;
  const delta = after - before;
  const small = Math.abs(delta) <= Math.max(Math.abs(before) * noise, 1e-9);
  return { delta, before, direction: small ? 'same' : delta > 0 ? 'up' : 'down' };
}

/** The same routes side by side; those that are gone stand at the end. */
export function pairs(before: readonly Route[], after: readonly Route[]): Pair[] {
  const left = new Map(before.map((route, rank) => [signature(route), { route, rank }]));
  const made: Pair[] = [];
  const held = new Map<string, Route>();
  after.forEach((route) => held.set(signature(route), route));
  after.forEach((route, rank) => {
    const same = left.get(signature(route));
    // Where the way itself moved, the best of the same corridor that is gone is what it stands for.
    const other = same ?? moved(route, after, left, held);
    if (other) left.delete(signature(other.route));
    made.push(pairOf(other?.route ?? null, route, other?.rank ?? null, rank));
  });
  for (const { route, rank } of left.values()) made.push(pairOf(route, null, rank, null));
  return made;
}

function moved(
  route: Route,
  after: readonly Route[],
  left: ReadonlyMap<string, { route: Route; rank: number }>,
  held: ReadonlyMap<string, Route>,
): { route: Route; rank: number } | undefined {
  const first = after.find((each) => each.corridor === route.corridor);
  if (first !== route) return undefined;
  return [...left.values()].find(
    (each) => each.route.corridor === route.corridor && !held.has(signature(each.route)),
  );
}

function pairOf(
  before: Route | null,
  after: Route | null,
  rankBefore: number | null,
  rankAfter: number | null,
): Pair {
  const of = (field: (route: Route) => number | null) =>
    mark(before ? field(before) : null, after ? field(after) : null);
  return {
    before,
    after,
    rankBefore,
    rankAfter,
    days: of((route) => route.p50_h),
    cost: of((route) => route.cost_usd_per_box),
    carbon: of((route) => route.kg_co2e),
    onTime: mark(before?.on_time_probability ?? null, after?.on_time_probability ?? null, 0.005),
  };
}
