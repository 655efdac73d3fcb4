// Lines of a quotation and legs of a footprint as bars that end where the total stands.
import type { FootprintElement, PlanRoute } from '../plan';

export interface Bar {
  key: string;
  /** A code of the dictionary's `item` area, or null where `label` is a name already. */
  code: string | null;
  label: string;
  mode: string | null;
  value: number;
  /** The part of the value that is drawn lighter (WTT); null where it is not known. */
  light: number | null;
  /** "table key" of the rows that it rests on. */
  rows: string[];
}

/** In the order in which a forwarder quotes them. */
const ITEMS = [
  'soc_purchase', 'equipment_pickup', 'rail_tariff', 'rail_fixed', 'booking', 'platform_hire', 'gauge_transfer',
  'handling', 'sea_freight', 'truck_rate', 'trucking', 'truck_fixed', 'border_fees', 'export_declaration',
  'import_declaration', 'insurance', 'forwarding_fee', 'forwarder_margin', 'container_hire', 'storage',
  'equipment_return', 'soc_resale',
];
const place = (item: string) => (ITEMS.includes(item) ? ITEMS.indexOf(item) : ITEMS.length);

/** A bar a line of the quotation, for so many boxes as the price is told for. */
export function costBars(route: PlanRoute, boxes = 1): Bar[] {
  const bars = new Map<string, Bar>();
  for (const event of [...route.legs, ...route.transfers]) {
    for (const { item, usd, table, key } of event.lines) {
      let bar = bars.get(item);
      if (!bar) bars.set(item, (bar = { key: item, code: item, label: item, mode: null, value: 0, light: null, rows: [] }));
      bar.value += usd / boxes;
      const row = `${table} ${key}`;
      if (!bar.rows.includes(row)) bar.rows.push(row);
    }
  }
  return [...bars.values()].sort((a, b) => place(a.key) - place(b.key) || a.key.localeCompare(b.key, 'en'));
}

/** A bar a leg and one for all terminals, kg CO2e. The plan alone does not part WTT from TTW; the footprint does. */
export function carbonBars(route: PlanRoute, elements: readonly FootprintElement[] | null, boxes = 1): Bar[] {
  const own = elements?.filter((element) => element.route_id === route.route_id) ?? [];
  const bars: Bar[] = [];
  let hubs = 0;
  let hubsWtt = 0;
  const add = (seq: number, from: string, to: string, mode: string, value: number, light: number | null) => {
    const label = `${from} – ${to}`;
    bars.push({ key: `leg ${seq}`, code: null, label, mode, value: value / boxes, light: light === null ? null : light / boxes, rows: [] });
  };
  if (own.length > 0) {
    for (const one of own) {
      const wtt = one.kg_co2e_wtw - one.kg_co2e_ttw;
      if (one.element === 'leg') add(one.seq, one.from_name, one.to_name, one.mode, one.kg_co2e_wtw, wtt);
      else [hubs, hubsWtt] = [hubs + one.kg_co2e_wtw, hubsWtt + wtt];
    }
  } else {
    for (const leg of route.legs) add(leg.seq, leg.from_name, leg.to_name, leg.mode, leg.kg_co2e, null);
    for (const stay of route.transfers) hubs += stay.kg_co2e;
  }
  if (hubs > 0) {
    const light = own.length > 0 ? hubsWtt / boxes : null;
    bars.push({ key: 'hubs', code: null, label: '', mode: null, value: hubs / boxes, light, rows: [] });
  }
  return bars;
}

/** What is missing from the lines as printed to the total as printed, in steps of the last printed digit. */
export function roundingOf(bars: readonly Bar[], total: number, step = 1): number {
  const printed = (value: number) => Math.round(value / step);
  return (printed(total) - bars.reduce((sum, bar) => sum + printed(bar.value), 0)) * step;
}
