/** The year that is shown; its answer is kept while the page is open. */
import { app } from '../../app/session.svelte';
import { scenario } from '../../scenario/scenario.svelte';
import { fmt, t } from '../../text/text.svelte';
import { Replay, worstDay, type Jam } from './replay';
import type { SimulateAnswer } from './types';
import { Work } from './work.svelte';

class Run extends Work<SimulateAnswer> {
  replay = $state.raw<Replay | null>(null);
  jam = $state.raw<Jam | null>(null);
  /** What the year was asked with; null where a link named it. */
  private sent: Record<string, unknown> | null = null;

  /** What the year that is shown was asked with. */
  get asked(): Record<string, unknown> {
    return this.sent ?? question();
  }

  protected override body(): Record<string, unknown> {
    return (this.sent = question());
  }

  /** What was tried of another year does not belong to this one. */
  protected override beside(): Record<string, string> {
    return { ranked: '', lab: '' };
  }

  protected override take(answer: SimulateAnswer): string {
    this.replay = answer.replay && new Replay(answer.replay);
    this.jam = answer.replay && worstDay(answer.replay);
    const worst = answer.waits[0];
    return t('sim.done', { year: String(answer.question.year), days: fmt().count(Math.round(worst?.total_d ?? 0)) });
  }
}

function question(): Record<string, unknown> {
  const { year, runs, seed, freight } = app.values;
  const asked: Record<string, unknown> = { year: Number(year), replications: Number(runs), seed: Number(seed), demand_factor: Number(freight) };
  const form = scenario.form;
  if (form) asked.scenario = form;
  else if (app.get('against')) asked.scenario_id = app.get('against');
  return asked;
}

export const run = new Run('job');
