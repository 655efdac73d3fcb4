/** What is asked of the year beside itself: one more of each thing, and events. Each is a job of its own. */
import { app } from '../../app/session.svelte';
import { fmt, t } from '../../text/text.svelte';
import { run } from './run.svelte';
import { eventName } from './events.svelte';
import type { SimulateAnswer } from './types';
import { Work } from './work.svelte';

/** Of fewer runs nobody can say what is usual, and so not when an event is over. */
export const LEAST_OF_LAB = 5;

/** A trial belongs to the year that is shown: with another one it is ended, as nobody waits for it any more. */
abstract class Trial extends Work<SimulateAnswer> {
  override follow(id: string): void {
    if (!id) {
      if (this.busy && this.job) void this.stop(this.job.job_id);
      this.answer = null;
      this.job = null;
    }
    super.follow(id);
  }
}

class Ranking extends Trial {
  protected override body(): Record<string, unknown> {
    return { ...run.asked, levers: 1, replay: false };
  }

  protected override take(answer: SimulateAnswer): string {
    const first = answer.bottlenecks?.find((row) => !row.bound);
    return first ? t('sim.levers.done', { days: fmt().figure(first.saved_d) }) : t('sim.levers.none');
  }
}

class Lab extends Trial {
  protected override body(): Record<string, unknown> {
    return { ...run.asked, replications: this.runs, event: [app.get('event')], replay: false };
  }

  get runs(): number {
    return Math.max(LEAST_OF_LAB, Number(run.asked.replications));
  }

  protected override take(answer: SimulateAnswer): string {
    const row = answer.events?.find((each) => each.cargo === 'box');
    return t('sim.lab.done', { event: eventName(row?.event ?? '').text, days: fmt().figure(row?.extra_d) });
  }
}

export const ranking = new Ranking('ranked');
export const lab = new Lab('lab');
