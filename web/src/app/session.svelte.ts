/** What one open page holds beside the URL: the verbs of the server, choices of the reader, what is said aloud. */
import { AppState } from './app.svelte';
import { lookUp } from './api';
import type { VerbTold } from './types';
import { type Field, mapText, oneOf } from './url';
import { VERBS } from '../verbs';
import { readChanges, writeChanges } from '../scenario/changes';
import { SHIPMENT_FIELDS } from '../shipment/fields';

const SCENARIO: Field = {
  key: 'sc',
  default: '',
  read: (text) => {
    const list = readChanges(text);
    return list === null ? null : writeChanges(list);
  },
  accepted: 'accepted.scenario',
};

export const LAYERS = ['', 'gauge', 'electrification', 'capacity', 'delay', 'throughput'] as const;

/** Fields that every page has; they stand after those of the verb. */
const FRAME: readonly Field[] = [
  SCENARIO,
  { key: 'saved', default: '', read: (text) => (/^[\w.~-]{1,80}$/.test(text) ? text : null) },
  { key: 'against', default: '', read: (text) => (/^[\w.~-]{1,80}$/.test(text) ? text : null) },
  { key: 'layer', default: '', read: oneOf(...LAYERS), accepted: 'accepted.layer' },
  { key: 'view', default: '', read: oneOf('', '1', '0') },
  { key: 'pick', default: '', read: (text) => (/^(terminals|links|services):.{1,120}$/.test(text) ? text : null) },
  { key: 'data', default: '', read: (text) => (/^[0-9a-f]{6,64}$/.test(text) ? text : null) },
  { key: 'map', default: '', read: mapText, accepted: 'accepted.map' },
  { key: 'lang', default: '', read: oneOf('', 'en', 'az', 'zh', 'ru', 'tr'), accepted: 'accepted.lang' },
];

/** Fields of a page: the shipment travels along to every verb, so that switching loses nothing. */
export function fieldsOf(verb: string): readonly Field[] {
  const own = VERBS.find((each) => each.id === verb)?.fields ?? [];
  const rest = VERBS.flatMap((each) => each.fields).filter(
    (field) => !own.some((other) => other.key === field.key) && !SHIPMENT_FIELDS.includes(field),
  );
  const seen = new Set<string>();
  return [...SHIPMENT_FIELDS, ...own, ...rest, ...FRAME].filter(
    (field) => !seen.has(field.key) && seen.add(field.key),
  );
}

export const app = new AppState(fieldsOf, 'plan');

export const PAGES = ['sources'] as const;

class Server {
  /** Null until the server has told what it offers. */
  offered = $state.raw<readonly string[] | null>(null);
  version = $state('');

  async start(): Promise<void> {
    try {
      const told = await lookUp<{ version: string; verbs: VerbTold[] }>('/v1/verbs');
      this.offered = told.verbs.map((each) => each.verb);
      this.version = told.version;
    } catch {
      this.offered = VERBS.map((each) => each.needs); // asked again with the first question
    }
  }

  get verbs() {
    const offered = this.offered;
    return offered === null ? [] : VERBS.filter((verb) => offered.includes(verb.needs));
  }
}

export const server = new Server();

/** One polite message at a time, at most one a second. */
class Live {
  text = $state('');
  private waiting = '';
  private last = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    this.waiting = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.last = Date.now();
        this.text = this.waiting;
      },
      Math.max(0, this.last + 1000 - Date.now()),
    );
  }
}

export const live = new Live();

/** What is open over the page. Only one thing at a time; Esc closes it and focus goes back. */
class Overlay {
  open = $state<'' | 'scenario' | 'keys' | 'menu' | 'layers' | 'source' | 'list'>('');
  fact = $state.raw<FactAsked | null>(null);
  private opener: HTMLElement | null = null;

  show(what: typeof this.open): void {
    if (this.open === '' && document.activeElement instanceof HTMLElement) this.opener = document.activeElement;
    this.open = what;
  }

  toggle(what: typeof this.open): void {
    if (this.open === what) this.close();
    else this.show(what);
  }

  source(fact: FactAsked): void {
    this.fact = fact;
    this.show('source');
  }

  close(): void {
    if (this.open === '') return;
    this.open = '';
    const opener = this.opener;
    this.opener = null;
    queueMicrotask(() => opener?.isConnected && opener.focus());
  }
}

/** A figure whose origin is asked for. */
export interface FactAsked {
  readonly table: string;
  readonly key: string;
  readonly column?: string;
  /** How the figure was made from others, already written. */
  readonly formula?: string;
}

export const overlay = new Overlay();

const THEME = 'midcorridor.theme';
const KEYS = 'midcorridor.keys';

class Choices {
  theme = $state<'system' | 'light' | 'dark'>('system');
  system = $state<'light' | 'dark'>('light');
  singleKeys = $state(true);
  /** Stop of the sheet on phones: 20, 62 or 100 per cent. */
  stop = $state<20 | 62 | 100>(62);

  start(): void {
    const held = localStorage.getItem(THEME);
    if (held === 'light' || held === 'dark') this.theme = held;
    this.singleKeys = localStorage.getItem(KEYS) !== 'off';
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.system = dark.matches ? 'dark' : 'light';
    dark.addEventListener('change', (event) => {
      this.system = event.matches ? 'dark' : 'light';
      this.paint();
    });
    this.paint();
  }

  get shown(): 'light' | 'dark' {
    return this.theme === 'system' ? this.system : this.theme;
  }

  setTheme(theme: typeof this.theme): void {
    this.theme = theme;
    localStorage.setItem(THEME, theme);
    this.paint();
  }

  setSingleKeys(on: boolean): void {
    this.singleKeys = on;
    localStorage.setItem(KEYS, on ? 'on' : 'off');
  }

  private paint(): void {
    document.documentElement.dataset.theme = this.shown;
  }
}

export const choices = new Choices();

/** Details stand beside the map where there is room, and take the place of the panel where there is not. */
export const narrow = {
  get now(): boolean {
    return matchMedia('(max-width: 1023px)').matches;
  },
};

export function detailsShown(view: string): boolean {
  return view === '1' || (view === '' && !narrow.now);
}
