// Planned routes on the map: their links where those are known, otherwise straight from place to place.
import type { Feature, LineString, MultiLineString, Point, Position } from 'geojson';
import type { PlanRoute } from '../charts/plan';
import { linesOf, type Links } from './features';
import type { MapMode } from './patterns';

export interface RouteProps {
  id: string;
  mode: MapMode;
  dash: string;
  corridor: string;
  selected: boolean;
  /** The course that a route took before the change. */
  ghost: boolean;
  /** Beside others on one link: -1, 0, 1. */
  slot: number;
}
export type RouteFeature = Feature<LineString | MultiLineString, RouteProps>;
export type BadgeFeature = Feature<Point, { id: string; selected: boolean; place: number }>;
export type Bounds = [west: number, south: number, east: number, north: number];

export interface Shown {
  routes: readonly PlanRoute[];
  selected: string | null;
  ghost?: PlanRoute | null;
  ferryServices?: ReadonlySet<string>;
}

/** Where a leg runs on no link it runs straight from place to place; the API tells latitude first. */
const straight = (points: readonly [number, number][]): LineString => ({
  type: 'LineString',
  coordinates: points.map(([lat, lon]) => [lon, lat]),
});

const SLOTS = [0, 1, -1, 2, -2];

export function routeFeatures(shown: Shown, links: Links | null): RouteFeature[] {
  const known = new Map(links?.features.map((one) => [one.properties.link_id, one.geometry]));
  // The selected route lies in the middle and is drawn last.
  const rest = shown.routes.filter((route) => route.route_id !== shown.selected);
  const chosen = shown.routes.filter((route) => route.route_id === shown.selected);
  const taken = new Map<string, number>();
  const features: RouteFeature[] = [];
  for (const route of [...chosen, ...rest]) features.push(...courseOf(route, false));
  if (shown.ghost) features.push(...courseOf(shown.ghost, true));
  return features.sort((a, b) => Number(a.properties.selected) - Number(b.properties.selected));

  function courseOf(route: PlanRoute, ghost: boolean): RouteFeature[] {
    const selected = !ghost && route.route_id === shown.selected;
    return route.legs.flatMap((leg) => {
      const mode: MapMode = leg.mode === 'sea' && shown.ferryServices?.has(leg.service_id) ? 'ferry' : leg.mode;
      const common = { id: route.route_id, mode, dash: ghost ? 'unknown' : mode, corridor: route.corridor, selected, ghost };
      const parts = leg.link_ids.map((link) => known.get(link));
      if (parts.length === 0 || parts.some((part) => part === undefined)) {
        return [{ type: 'Feature', geometry: straight(leg.points), properties: { ...common, slot: 0 } } satisfies RouteFeature];
      }
      return leg.link_ids.map((link): RouteFeature => {
        const before = taken.get(link) ?? 0;
        if (!ghost) taken.set(link, before + 1);
        const slot = ghost ? 0 : (SLOTS[before] ?? 0);
        return { type: 'Feature', geometry: known.get(link)!, properties: { ...common, slot } };
      });
    });
  }
}

/** A letter at both ends of each route; letters of the same place stand side by side. */
export function badgeFeatures(shown: Shown): BadgeFeature[] {
  const taken = new Map<string, number>();
  return shown.routes.flatMap((route) => {
    const first = route.legs[0]?.points[0];
    const last = route.legs.at(-1)?.points.at(-1);
    return [first, last]
      .filter((end) => end !== undefined)
      .map(([lat, lon]): BadgeFeature => {
        const key = `${lat.toFixed(1)} ${lon.toFixed(1)}`;
        const place = taken.get(key) ?? 0;
        taken.set(key, place + 1);
        return {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [lon, lat] },
          properties: { id: route.route_id, selected: route.route_id === shown.selected, place },
        };
      });
  });
}

export const terminalsOn = (routes: readonly PlanRoute[], selected: string | null): Set<string> =>
  new Set(routes.filter((route) => route.route_id === selected).flatMap((route) => route.transfers.map((stay) => stay.terminal_id)));

export function boundsOf(features: readonly Feature<LineString | MultiLineString>[]): Bounds | null {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { geometry } of features) for (const line of linesOf(geometry)) for (const point of line) widen(bounds, point);
  return bounds[0] <= bounds[2] ? bounds : null;
}

function widen(bounds: Bounds, [lon = 0, lat = 0]: Position): void {
  bounds[0] = Math.min(bounds[0], lon);
  bounds[1] = Math.min(bounds[1], lat);
  bounds[2] = Math.max(bounds[2], lon);
  bounds[3] = Math.max(bounds[3], lat);
}
