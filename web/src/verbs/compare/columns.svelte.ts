/** The best route of each corridor, side by side, and which of them is best at what. */
import { zoneOf } from '$lib/format';
import type { Scene } from '../../app/scene';
import { app } from '../../app/session.svelte';
import type { Route } from '../../app/types';
import { shortSignature } from '../../scenario/marks';
import { answers } from '../../shipment/answers.svelte';
import { arrival } from '../../shipment/fields';
import { fmt, t } from '../../text/text.svelte';

const ORDER = ['middle', 'northern', 'southern', 'ocean_suez', 'ocean_cape', 'other'];

/** What the server calls the network without a scenario. */
const BASE = 'base';

/** A column a corridor; null is a corridor without a route. */
export interface Column {
  corridor: string;
  route: Route | null;
}

export function columns(routes: readonly Route[] = answers.routes): Column[] {
  return ORDER.filter((corridor) => corridor !== 'other' || routes.some((each) => each.corridor === corridor)).map(
    (corridor) => ({ corridor, route: routes.find((route) => route.corridor === corridor) ?? null }),
  );
}

/** The answer under one scenario. */
export interface Side {
  name: string;
  columns: Column[];
}

/** What is compared: the answer alone, or what it is compared with and then itself. Answers name their scenario. */
export function sides(): Side[] {
  const { base, changed } = answers;
  return [base, changed].flatMap((answer) => {
    if (!answer) return [];
    const { scenario } = answer.run;
    return { name: scenario === BASE ? t('scenario.base') : scenario, columns: columns(answer.routes) };
  });
}

export interface Row {
  key: string;
  label: string;
  value: (route: Route) => string;
  /** Smaller is better; none where nothing is. */
  rank?: (route: Route) => number;
}

export function rows(): Row[] {
  const question = answers.shown?.question;
  const boxes = question?.boxes ?? 1;
  const deadline = question?.deadline_at;
  const zone = zoneOf(question?.destination.country, question?.destination.lon);
  return [
    { key: 'days', label: t('row.days'), value: (r) => fmt().duration(r.p50_h), rank: (r) => r.p50_h },
    { key: 'late', label: t('details.late'), value: (r) => fmt().duration(r.p90_h), rank: (r) => r.p90_h },
    { key: 'arrival', label: t('row.arrival'), value: (r) => (question ? fmt().date(arrival(question, r.p50_h), zone) : '') },
    ...(deadline
      ? [
          {
            key: 'ontime',
            label: t('details.onTime'),
            value: (r: Route) => fmt().percent(r.on_time_probability),
            rank: (r: Route) => -(r.on_time_probability ?? 0),
          },
        ]
      : []),
    {
      key: 'cost',
      label: t('chart.cost'),
      value: (r) => fmt().usd(r.cost_usd_per_box),
      rank: (r) => r.cost_usd_per_box,
    },
    {
      key: 'carbon',
      label: t('compare.carbon'),
      value: (r) => fmt().mass(r.kg_co2e / boxes),
      rank: (r) => r.kg_co2e,
    },
    { key: 'km', label: t('compare.km'), value: (r) => fmt().distance(r.km), rank: (r) => r.km },
    { key: 'moving', label: t('chart.moving'), value: (r) => fmt().duration(r.moving_h) },
    { key: 'waiting', label: t('compare.waiting'), value: (r) => fmt().duration(r.waiting_h), rank: (r) => r.waiting_h },
    { key: 'gauges', label: t('compare.gauges'), value: (r) => fmt().count(r.gauge_changes), rank: (r) => r.gauge_changes },
  ];
}

/** Whether a route is best in a row; nobody is where all are alike. */
export function bestIn(row: Row, route: Route, all: readonly Column[]): boolean {
  const rank = row.rank;
  const routes = all.flatMap((column) => column.route ?? []);
  if (!rank || routes.length < 2) return false;
  const mine = rank(route);
  return routes.every((other) => mine <= rank(other)) && routes.some((other) => mine < rank(other));
}

export function compareScene(): Scene {
  const routes = columns().flatMap((column) => column.route ?? []);
  const question = answers.shown?.question;
  const selected = routes.find((route) => shortSignature(route) === app.get('route')) ?? null;
  return {
    colourBy: 'corridor',
    routes,
    ghosts: [],
    selected: selected?.route_id ?? null,
    select: (id) => {
      const route = routes.find((each) => each.route_id === id);
      if (route) app.go({ route: shortSignature(route) });
    },
    sentence: question
      ? t('compare.sentence', { from: question.origin.name, to: question.destination.name, count: routes.length })
      : t('map.plain'),
  };
}
