/** The answer of the shown question, with and without the scenario. Late replies of older questions are dropped. */
import { ApiError, ask } from '../app/api';
import { app, live } from '../app/session.svelte';
import type { PlanAnswer, Route } from '../app/types';
import { type Pair, pairs, shortSignature } from '../scenario/marks';
import { scenario } from '../scenario/scenario.svelte';
import { fmt, t, word } from '../text/text.svelte';
import { planBody } from './fields';

const MOST_KEPT = 30;
/** Between the last keystroke in a scenario and the question. */
const PAUSE_MS = 150;

class Answers {
  base = $state.raw<PlanAnswer | null>(null);
  changed = $state.raw<PlanAnswer | null>(null);
  error = $state.raw<ApiError | null>(null);
  loading = $state(false);
  /** When the question was asked, for the words of a long wait. */
  since = $state(0);
  /** The reader did not wait for the answer. */
  cancelled = $state(false);
  /** The answer shown is that of the question before. */
  stale = $state(false);

  private readonly kept = new Map<string, PlanAnswer>();
  private current: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = '';

  get shown(): PlanAnswer | null {
    return this.changed ?? this.base;
  }

  get routes(): readonly Route[] {
    return this.shown?.routes ?? [];
  }

  get pairs(): Pair[] {
    return this.changed && this.base ? pairs(this.base.routes, this.changed.routes) : [];
  }

  /** The data that the answer without changes rests on; empty where a scenario stands in its place. */
  get digest(): string {
    return app.get('against') ? '' : (this.base?.run.network_digest ?? '');
  }

  /** The route the URL names by its legs, else the first. */
  get selected(): Route | null {
    const named = app.get('route');
    const routes = this.routes;
    return routes.find((route) => shortSignature(route) === named) ?? routes[0] ?? null;
  }

  /** Ask again whenever the question or the scenario changes. */
  start(): () => void {
    addEventListener('online', () => this.error?.offline && this.retry());
    return $effect.root(() => {
      $effect(() => {
        const question = planBody(app.values);
        const form = scenario.form;
        const key = JSON.stringify([question, form, app.get('against')]);
        if (key === this.asked) return;
        const first = this.asked === '' || JSON.stringify(question) !== JSON.stringify(JSON.parse(this.asked)[0]);
        this.asked = key;
        this.run(question, form, first ? 0 : PAUSE_MS);
      });
    });
  }

  retry(): void {
    this.kept.clear();
    this.run(planBody(app.values), scenario.form, 0);
  }

  cancel(): void {
    this.drop();
    this.cancelled = true;
  }

  private drop(): void {
    this.current?.abort();
    clearTimeout(this.timer);
    this.loading = false;
  }

  private run(question: Record<string, unknown>, form: object | null, pause: number): void {
    this.drop();
    this.cancelled = false;
    const mine = new AbortController();
    this.current = mine;
    this.loading = true;
    this.stale = this.base !== null;
    this.since = Date.now();
    this.timer = setTimeout(() => void this.fetch(question, form, mine), pause);
  }

  private async fetch(question: Record<string, unknown>, form: object | null, mine: AbortController) {
    const against = app.get('against');
    try {
      const [base, changed] = await Promise.all([
        this.one(against ? { ...question, scenario_id: against } : question, mine.signal),
        form ? this.one({ ...question, scenario: form }, mine.signal) : against ? this.one(question, mine.signal) : null,
      ]);
      if (mine.signal.aborted) return;
      this.base = base;
      this.changed = changed;
      this.error = null;
      this.stale = false;
      this.announce();
    } catch (error) {
      if (mine.signal.aborted) return;
      this.error = error instanceof ApiError ? error : new ApiError(500, [], String(error));
    }
    this.loading = false;
  }

  private async one(body: Record<string, unknown>, signal: AbortSignal): Promise<PlanAnswer> {
    const key = JSON.stringify(body);
    const held = this.kept.get(key);
    if (held) return held;
    const answer = await ask<PlanAnswer>('/v1/plan', { body, signal });
    this.kept.set(key, answer);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return answer;
  }

  private announce(): void {
    const routes = this.routes;
    if (!routes.length) {
      live.say(t('state.noRoute'));
      return;
    }
    const fastest = Math.min(...routes.map((route) => route.p50_h));
    const cheapest = Math.min(...routes.map((route) => route.cost_usd_per_box));
    live.say(
      t('state.announce', {
        count: routes.length,
        days: fmt().duration(fastest),
        price: fmt().usd(cheapest),
        first: word('corridor', routes[0]!.corridor),
      }),
    );
  }
}

export const answers = new Answers();
