/** What the API answers, as far as the app reads it beyond its charts. Field names are those of docs/openapi.json. */

import type { Confidence, PlanLeg, PlanRoute, PlanTransfer } from '$lib/charts/plan';

export type { Confidence, QuotationLine } from '$lib/charts/plan';

/** What an English sentence of the server says: its code and what fills it. */
export interface Coded {
  code: string;
  args: Readonly<Record<string, CodedPart>>;
}
export type CodedPart = string | number | Coded | readonly (string | Coded)[];

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

export interface Leg extends PlanLeg {
  operator: string;
  gauge_mm: number | null;
  departs: string;
  runs: [number, number][];
  booking: string;
  fill_share: number | null;
  /** Boxes of each part, where the shipment goes in several. */
  loads?: number[];
  cost_usd: number;
  clearance: string;
}

export interface FreeTime {
  charge: string;
  free_days: number;
  usd_per_feu_day: number;
  key: string;
}

export interface Transfer extends PlanTransfer {
  cost_usd: number;
  note: string;
  free_time: FreeTime[];
  exposure_p50_usd: number | null;
  exposure_p90_usd: number | null;
}

export interface Route extends PlanRoute {
  mean_d: number;
  sd_h: number;
  p10_h: number;
  p50_h: number;
  p90_h: number;
  first_box_mean_h: number;
  first_box_p90_h: number;
  available_at: string;
  available_p90_at: string;
  km: number;
  countries: string[];
  via: string[];
  gauge_changes: number;
  permits: string[];
  legs: Leg[];
  transfers: Transfer[];
  confidence: Confidence;
  published_rates: { rate_id: string; usd: number; year_month: string; basis: string }[];
  rests_on: Record<Confidence, number>;
  explained: string[];
  /** What a quotation may hold and the price does not. */
  not_included: string[];
  said: Record<string, Coded>;
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
  status: {
    outcome: 'ok' | 'partial' | 'none';
    reason: string;
    blocked_by: string[];
    notes: string[];
    closed: Record<string, string>;
    said: Record<string, Coded>;
  };
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
  value?: number | string | Cells;
  from?: string;
  until?: string;
}

/** A whole row, for add. */
export type Cells = { readonly [column: string]: unknown };

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
  /** By the English text above what it says. */
  said?: Record<string, Coded>;
}
