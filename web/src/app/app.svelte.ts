/** The state of the app: what the URL says. Decisions push history, movement replaces it. */
import { type BadValue, type Field, type Values, readQuery, writeQuery } from './url';

interface Place {
  verb: string;
  values: Values;
}

export class AppState {
  verb = $state('');
  values = $state.raw<Values>({});
  bad = $state.raw<readonly BadValue[]>([]);
  at = $state(0);
  last = $state(0);

  constructor(
    private readonly fieldsOf: (verb: string) => readonly Field[],
    private readonly first: string,
  ) {}

  get canUndo(): boolean {
    return this.at > 0;
  }

  get canRedo(): boolean {
    return this.at < this.last;
  }

  /** Read the address, and follow the browser's Back and Forward. */
  start(): void {
    this.read();
    const held = history.state as { at?: number } | null;
    this.at = held?.at ?? 0;
    this.last = Math.max(this.at, Number(sessionStorage.getItem('last') ?? 0));
    if (held?.at === undefined) {
      this.last = 0;
      history.replaceState({ at: 0 }, '');
    }
    addEventListener('popstate', (event) => {
      this.at = (event.state as { at?: number } | null)?.at ?? 0;
      this.last = Math.max(this.last, this.at);
      this.read();
    });
  }

  private read(): void {
    const verb = location.pathname.split('/')[1] || this.first;
    const { values, bad } = readQuery(location.search, this.fieldsOf(verb));
    this.verb = verb;
    this.values = values;
    this.bad = bad;
  }

  get(key: string): string {
    return this.values[key] ?? '';
  }

  /** A decision: Back undoes it. */
  go(patch: Values, verb = this.verb): void {
    this.move(patch, verb, true);
  }

  /** A movement (the map, a slider under the finger): it makes no step of its own. */
  shift(patch: Values): void {
    this.move(patch, this.verb, false);
  }

  undo(): void {
    if (this.canUndo) history.back();
  }

  redo(): void {
    if (this.canRedo) history.forward();
  }

  /** The path and query of a state that differs in some values. */
  href(patch: Values = {}, verb = this.verb): string {
    return this.address({ verb, values: { ...this.values, ...patch } });
  }

  private address({ verb, values }: Place): string {
    return `/${verb}${writeQuery(values, this.fieldsOf(verb))}`;
  }

  private move(patch: Values, verb: string, push: boolean): void {
    const values = { ...this.values, ...patch };
    const address = this.address({ verb, values });
    const changed = address !== location.pathname + location.search;
    this.verb = verb;
    this.values = values;
    this.bad = [];
    if (!changed) return;
    if (push) {
      this.at += 1;
      this.last = this.at;
      sessionStorage.setItem('last', String(this.last));
      history.pushState({ at: this.at }, '', address);
    } else {
      history.replaceState({ at: this.at }, '', address);
    }
  }
}
