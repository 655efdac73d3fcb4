// What the charts read of an answer of /v1/plan and /v1/footprint. Fields are named as the API names them; an answer
// with more fields fits, because nothing here asks for an exact shape.

export type Mode = 'rail' | 'sea' | 'road' | 'inland_waterway';
export type TransferKind = 'load' | 'transship' | 'gauge_change' | 'discharge' | 'border' | 'halt';
export type Confidence = 'high' | 'medium' | 'low';

export interface QuotationLine {
  item: string;
  usd: number;
  table: string;
  key: string;
}

export interface PlanLeg {
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
  start_h: number;
  mean_h: number;
  p50_h: number | null;
  p90_h: number | null;
  etd_at: string | null;
  eta_at: string | null;
  cutoff_at: string | null;
  kg_co2e: number;
  km: number;
  link_ids: string[];
  points: [lat: number, lon: number][];
  lines: QuotationLine[];
}

export interface PlanTransfer {
  seq: number;
  terminal_id: string;
  terminal_name: string;
  country: string;
  kind: TransferKind;
  start_h: number;
  mean_h: number;
  p50_h: number | null;
  p90_h: number | null;
  handling_h: number;
  wait_h: number;
  closure_h: number;
  cutoff_at: string | null;
  kg_co2e: number;
  lines: QuotationLine[];
}

export interface SpreadCause {
  seq: number;
  where: string;
  cause: string;
  share: number;
}

export interface PlanRoute {
  route_id: string;
  corridor: string;
  mean_h: number;
  p10_h: number | null;
  p50_h: number | null;
  p90_h: number | null;
  on_time_probability: number | null;
  never_probability: number;
  cost_usd: number;
  cost_usd_per_box: number;
  kg_co2e: number;
  moving_h: number;
  waiting_h: number;
  exposure_p50_usd: number | null;
  exposure_p90_usd: number | null;
  arrival_h: [chance: number, hours: number][];
  spread: SpreadCause[];
  legs: PlanLeg[];
  transfers: PlanTransfer[];
}

/** A row of `elements` of /v1/footprint. */
export interface FootprintElement {
  route_id: string;
  seq: number;
  element: 'leg' | 'hub';
  mode: string;
  vehicle: string;
  from_name: string;
  to_name: string;
  kg_co2e_wtw: number;
  kg_co2e_ttw: number;
}
