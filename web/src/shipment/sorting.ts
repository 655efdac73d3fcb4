/** The order of routes. Ties keep the order of the server. Pure. */
import type { Route } from '../app/types';

export const SORTS = ['best', 'ontime', 'days', 'cost', 'carbon'] as const;
export type Sort = (typeof SORTS)[number];

const VALUES: Record<Exclude<Sort, 'best'>, (route: Route) => number> = {
  ontime: (route) => -(route.on_time_probability ?? -1),
  days: (route) => route.p50_h,
  cost: (route) => route.cost_usd_per_box,
  carbon: (route) => route.kg_co2e,
};

export function sorted(routes: readonly Route[], by: string): Route[] {
  const value = VALUES[by as Exclude<Sort, 'best'>];
  return value ? [...routes].sort((a, b) => value(a) - value(b)) : [...routes];
}

export type Best = 'fastest' | 'cheapest' | 'greenest' | 'surest';

/** What a route is best at, at most two words; nothing where it stands alone. */
export function tags(route: Route, all: readonly Route[]): Best[] {
  if (all.length < 2) return [];
  const least = (value: (route: Route) => number) => all.every((other) => value(route) <= value(other));
  const found: Best[] = [];
  if (least(VALUES.days)) found.push('fastest');
  if (least(VALUES.cost)) found.push('cheapest');
  if (least(VALUES.carbon)) found.push('greenest');
  const certain = (each: Route) => each.on_time_probability ?? 0;
  if (certain(route) > 0 && all.every((other) => other === route || certain(route) > certain(other)))
    found.push('surest');
  return found.slice(0, 2);
}
