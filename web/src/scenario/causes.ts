/** Why a route of the base is there no more. Pure. */
import type { Change, Route } from '../app/types';

/** The closures that lie on the way of a route; `linksOf` tells the links that a change is about. */
export function causes(route: Route, changes: readonly Change[], linksOf: (change: Change) => readonly string[]): Change[] {
  const way = new Set(route.legs.flatMap((leg) => leg.link_ids));
  return changes.filter((change) => {
    if (change.operation !== 'close' && change.operation !== 'remove') return false;
    if (change.table === 'countries' && route.countries.includes(change.key)) return true;
    if (change.table === 'services' && route.legs.some((leg) => leg.service_id === change.key)) return true;
    if (change.table === 'terminals' && route.via.includes(change.key)) return true;
    return linksOf(change).some((link) => way.has(link));
  });
}
