// Geometry from the API, as fine as the zoom needs. What was asked for once is kept; a newer request overtakes an older.
import type { FeatureCollection } from 'geojson';
import type { Links, Terminals } from './features';

export interface Asked {
  /** Root of the API, without a slash at the end. */
  api: string;
  /** Day such as 2027-01-11; the server takes tomorrow without one. */
  day?: string | null;
  scenarioId?: string | null;
}

/** The zooms for which geometry is fetched; in between the last one serves. */
const LEVELS = [3, 5, 7, 8] as const;
export type Level = (typeof LEVELS)[number];

export function levelOf(zoom: number): Level {
  if (zoom < 4) return 3;
  if (zoom < 6) return 5;
  return zoom < 8 ? 7 : 8;
}

const kept = new Map<string, Promise<unknown>>();
const KEPT = 24;

async function get(url: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

function once<T>(url: string): Promise<T> {
  let asked = kept.get(url);
  if (!asked) {
    asked = get(url).catch((reason: unknown) => {
      // A failure is not kept: the next request tries again.
      kept.delete(url);
      throw reason;
    });
    kept.set(url, asked);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest) kept.delete(oldest);
  }
  return asked as Promise<T>;
}

function query(path: string, asked: Asked, zoom: Level, scenario: boolean): string {
  const words = new URLSearchParams({ zoom: String(zoom) });
  if (asked.day) words.set('on', asked.day);
  if (scenario && asked.scenarioId) words.set('scenario_id', asked.scenarioId);
  return `${asked.api}/v1/network/${path}?${words}`;
}

export const getLand = (asked: Asked, zoom: number): Promise<FeatureCollection> =>
  once(`${asked.api}/v1/basemap?zoom=${zoom < 4 ? 3 : 4}`);

export interface Network {
  links: Links;
  terminals: Terminals;
  /** The network without the scenario, to know what it closes; null where there is no scenario. */
  before: Links | null;
}

export async function getNetwork(asked: Asked, level: Level): Promise<Network> {
  const [links, terminals, before] = await Promise.all([
    once<Links>(query('links', asked, level, true)),
    once<Terminals>(query('terminals', asked, level, true)),
    asked.scenarioId ? once<Links>(query('links', asked, level, false)) : null,
  ]);
  return { links, terminals, before };
}

export interface Ferries {
  services: Set<string>;
  links: Set<string>;
}

interface Rows {
  items: Record<string, unknown>[];
}

/** Ferries are a kind of service; their links are those on which only they sail. */
export async function getFerries(api: string): Promise<Ferries> {
  const kinds = 'kind=rail_ferry&kind=ro_pax&kind=ro_ro';
  const [rows, calls] = await Promise.all([
    once<Rows>(`${api}/v1/facts/services?limit=1000&${kinds}`),
    once<Rows>(`${api}/v1/facts/service_calls?limit=1000`),
  ]);
  const services = new Set(rows.items.map((row) => String(row.service_id)));
  const links = new Set<string>();
  const others = new Set<string>();
  for (const call of calls.items) {
    for (const link of [call.link_ids].flat()) {
      if (typeof link === 'string') (services.has(String(call.service_id)) ? links : others).add(link);
    }
  }
  return { services, links: new Set([...links].filter((link) => !others.has(link))) };
}
