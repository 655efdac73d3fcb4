/** What the API answers, as far as the app reads it. Field names are those of docs/openapi.json. */

export type Confidence = 'high' | 'medium' | 'low';
export type Mode = 'rail' | 'sea' | 'road' | 'inland_waterway';

export interface Place {
  name: string;
  lat: number;
  lon: number;
  country: string;
  kind: string;
  terminal_id: string | null;
  locode: string | null;
  matched: string;
  spelling: string;
}

export interface QuotationLine {
  item: string;
  usd: number;
  table: string;
  key: string;
}

export interface Leg {
  seq: number;
  from_id: string;
  from_name: string;
  from_country: string;
  to_id: string;
  to_name: string;
  to_country: string;
  mode: Mode;
  service_id: string;
  service_name: string;
  operator: string;
  gauge_mm: number | null;
  link_ids: string[];
  points: [number, number][];
  km: number;
  start_h: number;
  mean_h: number;
  p50_h: number;
  p90_h: number;
  etd_at: string;
  eta_at: string;
  cutoff_at: string | null;
  departs: string;
  runs: [number, number][];
  booking: string;
  fill_share: number | null;
  cost_usd: number;
  kg_co2e: number;
  lines: QuotationLine[];
  clearance: string;
}

export interface FreeTime {
  charge: string;
  free_days: number;
  usd_per_feu_day: number;
  key: string;
}

export interface Transfer {
  seq: number;
  terminal_id: string;
  terminal_name: string;
  country: string;
  kind: 'load' | 'transship' | 'gauge_change' | 'discharge' | 'border' | 'halt';
  start_h: number;
  mean_h: number;
  p50_h: number;
  p90_h: number;
  handling_h: number;
  wait_h: number;
  closure_h: number;
  cutoff_at: string | null;
  cost_usd: number;
  kg_co2e: number;
  note: string;
  lines: QuotationLine[];
  free_time: FreeTime[];
  exposure_p50_usd: number | null;
  exposure_p90_usd: number | null;
}

export interface Spread {
  seq: number;
  where: string;
  cause: string;
  share: number;
}

export interface Route {
  route_id: string;
  corridor: string;
  mean_h: number;
  mean_d: number;
  sd_h: number;
  p10_h: number;
  p50_h: number;
  p90_h: number;
  on_time_probability: number | null;
  never_probability: number;
  first_box_mean_h: number;
  first_box_p90_h: number;
  available_at: string;
  available_p90_at: string;
  cost_usd: number;
  cost_usd_per_box: number;
  kg_co2e: number;
  km: number;
  moving_h: number;
  waiting_h: number;
  exposure_p50_usd: number | null;
  exposure_p90_usd: number | null;
  countries: string[];
  via: string[];
  gauge_changes: number;
  arrival_h: [number, number][];
  spread: Spread[];
  permits: string[];
  legs: Leg[];
  transfers: Transfer[];
  confidence: Confidence;
  published_rates: { rate_id: string; usd: number; year_month: string; basis: string }[];
  rests_on: Record<Confidence, number>;
  explained: string[];
}

export interface Source {
  source_id: string;
  title: string;
  publisher: string;
  date: string;
  url: string | null;
  uses?: number;
}

export interface Question {
  origin: { name: string; lat: number; lon: number; country: string };
  destination: { name: string; lat: number; lon: number; country: string };
  boxes: number;
  container_type: string;
  teu: number;
  commodity_id: string;
  cargo_t: number;
  ready_at: string;
  deadline_at: string | null;
}

export interface PlanAnswer {
  question: Question;
  status: { outcome: 'ok' | 'partial' | 'none'; reason: string; blocked_by: string[]; notes: string[] };
  routes: Route[];
  checks: { check: string; ok: boolean }[];
  sources: Source[];
  run: { version: string; scenario: string; network_digest: string; seconds: number };
}

export interface FactPart {
  cells: FactCell[];
  sources: Source[];
  year: number | null;
  confidence: Confidence;
  basis: string;
  note: string | null;
}

export interface FactCell {
  column: string;
  value: unknown;
  unit: string;
  meaning: string;
  role?: string;
  reason?: string;
  sources?: Source[];
  year?: number | null;
  confidence?: Confidence;
  basis?: string;
  note?: string | null;
  alternatives?: FactCell[];
}

export interface Fact {
  table: string;
  key: string;
  parts: FactPart[];
}

export interface VerbTold {
  verb: string;
  about: string;
  href: string;
  formats: string[];
}

/** A change of a scenario, as the API takes it. */
export interface Change {
  operation: 'set' | 'scale' | 'add' | 'remove' | 'close';
  table: string;
  key: string;
  column?: string;
  value?: number | string;
  from?: string;
  until?: string;
}

export interface ScenarioKept {
  scenario_id: string;
  name: string;
  version: number;
  shared: boolean;
  parent_id: string | null;
  scenario?: { name: string; change?: Change[] };
}

export interface ApiFault {
  code: string;
  what: string;
  where?: string;
  got?: string;
  accepted?: string;
  hint?: string;
  field?: string;
}
