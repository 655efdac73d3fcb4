/** What `POST /v1/simulate` answers, as far as the page reads it. Field names are those of docs/openapi.json. */
import type { ApiFault, Coded } from '../../app/types';

export interface Job {
  job_id: string;
  verb: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  done: number;
  total: number | null;
  text: string;
  error: { error: string; detail: string; faults: ApiFault[] } | null;
}

export interface VolumeRow {
  name: string;
  volume_id: string;
  role: 'demand' | 'input' | 'compared';
  unit: string;
  published: number;
  simulated: number;
  share: number;
  definition: string | null;
}

export interface SectionRow {
  volume_id: string;
  part: 'wait' | 'ride' | 'stay';
  leg: string;
  nth: number;
  mean_h: number;
  name: string;
}

export interface WaitRow {
  who: string;
  place_kind: string;
  place: string;
  name: string;
  n: number;
  mean_h: number;
  longest_h: number;
  total_d: number;
}

export interface PlaceRow {
  kind: string;
  place: string;
  role: string;
  by: string;
  words: string;
  terminal: string;
  to: string;
}

export interface TransitRow {
  volume_id: string;
  journeys: number;
  mean_d: number;
  p10_d: number;
  p90_d: number;
}

/** Begin and end, hours of the year; positions in `spans` and `where`. */
export type Span = [begin: number, end: number, what: number, where: number];
/** Positions in `vehicles` and `legs`, units aboard, and three numbers a link. */
export type Trip = [vehicle: number, leg: number, load: number, track: number[]];

export interface Stand {
  terminal_id: string;
  name: string;
  lat: number;
  lon: number;
  yard: number[];
  room: number[];
  boxes: number[];
  ships: number[];
  trains: number[];
  shut: [begin: number, end: number][];
}

export interface ReplayTold {
  from: string;
  days: number;
  step_h: number;
  pools: { kind: 'train' | 'ship'; name: string }[];
  legs: { by: string; from: string; to: string; unit: string }[];
  links: string[];
  vehicles: [pool: number, until: number][];
  trips: Trip[];
  terminals: Stand[];
}

/** A lever and what it saves a year, days; the limits are those of the 95 % interval, null for one run. */
export interface LeverRow {
  rank: number;
  lever: string;
  kind: string;
  words: string;
  called: string;
  changes_table: string;
  bound: boolean;
  saved_d: number | null;
  saved_d_low: number | null;
  saved_d_high: number | null;
  more_teu: number | null;
  sooner_d: number | null;
  unwell_then: number;
  reasons: string[];
  said: Record<string, Coded>;
}

/** An event and one cargo. */
export interface EventRow {
  event: string;
  cargo: 'box' | 'wagon' | 'truck';
  begins: string | null;
  ends: string | null;
  recovered_d: number | null;
  recovered_d_p90: number | null;
  recovered_share: number | null;
  most_inside: number | null;
  late: number | null;
  late_low: number | null;
  late_high: number | null;
  early: number | null;
  extra_d: number | null;
  extra_d_low: number | null;
  extra_d_high: number | null;
  pairs: number;
  unwell: number;
}

export interface EventDays {
  event: string;
  cargo: EventRow['cargo'];
  from: string;
  base: number[];
  inside: number[];
  usual: number[];
}

export interface SimulateAnswer {
  question: { year: number; from: string; until: string };
  well: boolean;
  warnings: string[];
  volumes: VolumeRow[];
  transits: TransitRow[];
  sections: SectionRow[];
  waits: WaitRow[];
  utilisation: { place: string; use: number; name: string }[];
  notes: string[];
  flows: { volume_id: string; from: string; to: string }[];
  places: PlaceRow[];
  queues: { from: string | null; places: { kind: string; place: string; mean: number[]; p10: number[]; p90: number[] }[] };
  months: { months: string[]; places: { place: string; use: (number | null)[] }[] };
  voyages: { from: string; spans: string[]; where: string[]; lanes: { pool: string; spans: Span[] }[] };
  replay: ReplayTold | null;
  bottlenecks: LeverRow[] | null;
  levers_left_out: { lever: string }[] | null;
  events: EventRow[] | null;
  event_days: EventDays[] | null;
  event_notes: string[] | null;
  run: { version: string; scenario: string; network_digest: string; options: { seed: number; replications: number; demand_factor: number; warm_up_d: number } };
}
