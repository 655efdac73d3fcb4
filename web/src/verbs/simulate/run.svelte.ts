/** The run that is shown: a job of the server, followed by its events; its answer is kept while the page is open. */
import { ApiError, ask } from '../../app/api';
import { app, live } from '../../app/session.svelte';
import { scenario } from '../../scenario/scenario.svelte';
import { fmt, t } from '../../text/text.svelte';
import { Replay, worstDay, type Jam } from './replay';
import type { Job, SimulateAnswer } from './types';

/** How often a server that is not there is asked again. */
const AGAIN_MS = 3000;

class Run {
  job = $state.raw<Job | null>(null);
  answer = $state.raw<SimulateAnswer | null>(null);
  replay = $state.raw<Replay | null>(null);
  jam = $state.raw<Jam | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** When it was asked for, for the words of a long wait. */
  since = $state(0);
  /** The link names a run that the server no longer keeps. */
  gone = $state(false);
  busy = $state(false);

  private shown = '';
  private stream: EventSource | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;

  /** Follow the job that the address names. */
  follow(id: string): void {
    if (id === this.shown) return;
    this.shown = id;
    this.leave();
    this.error = null;
    this.gone = false;
    if (id) void this.look(id);
    else this.busy = false;
  }

  async start(): Promise<void> {
    this.error = null;
    this.gone = false;
    this.busy = true;
    this.since = Date.now();
    const values = app.values;
    const body: Record<string, unknown> = {
      year: Number(values.year),
      replications: Number(values.runs),
      seed: Number(values.seed),
      demand_factor: Number(values.freight),
    };
    const form = scenario.form;
    if (form) body.scenario = form;
    else if (app.get('against')) body.scenario_id = app.get('against');
    try {
      const job = await ask<Job>('/v1/simulate', { body });
      this.job = job;
      this.shown = job.job_id;
      app.shift({ job: job.job_id });
      this.listen(job.job_id);
    } catch (error) {
      this.fail(error);
    }
  }

  async cancel(): Promise<void> {
    const id = this.shown;
    this.leave();
    this.busy = false;
    this.job = null;
    this.shown = '';
    app.shift({ job: '' });
    live.say(t('sim.cancelled'));
    try {
      if (id) await ask(`/v1/jobs/${id}/cancel`, { method: 'POST' });
    } catch {
      // It has ended meanwhile, or the server is gone: nothing is waited for either way.
    }
  }

  /** Ask again for what failed. */
  retry(): void {
    const id = app.get('job');
    this.shown = '';
    if (id) this.follow(id);
    else void this.start();
  }

  leave(): void {
    this.stream?.close();
    this.stream = null;
    clearTimeout(this.again);
  }

  private async look(id: string): Promise<void> {
    this.busy = true;
    this.since = Date.now();
    try {
      const job = await ask<Job>(`/v1/jobs/${id}`);
      if (this.shown !== id) return;
      if (job.verb !== 'simulate') throw new ApiError(404, [], t('sim.gone'));
      this.job = job;
      if (job.state === 'queued' || job.state === 'running') this.listen(id);
      else await this.end(job);
    } catch (error) {
      if (this.shown === id) this.fail(error);
    }
  }

  private listen(id: string): void {
    const stream = new EventSource(`/v1/jobs/${id}/events`);
    this.stream = stream;
    const take = (event: MessageEvent<string>) => {
      if (this.shown !== id) return;
      this.error = null;
      this.job = JSON.parse(event.data) as Job;
    };
    stream.addEventListener('progress', take);
    stream.addEventListener('end', (event) => {
      take(event);
      this.leave();
      if (this.job && this.shown === id) void this.end(this.job).catch((error: unknown) => this.fail(error));
    });
    stream.onerror = () => {
      // The browser asks again by itself while the server can be reached; else the job is asked for later.
      if (this.shown !== id || stream.readyState !== EventSource.CLOSED) return;
      this.leave();
      this.error = new ApiError(0, [], 'offline');
      this.again = setTimeout(() => void this.look(id), AGAIN_MS);
    };
  }

  private async end(job: Job): Promise<void> {
    if (job.state === 'failed') throw new ApiError(422, job.error?.faults ?? [], job.error?.detail ?? '');
    if (job.state === 'cancelled') {
      this.busy = false;
      return;
    }
    const answer = await ask<SimulateAnswer>(`/v1/jobs/${job.job_id}/result`);
    if (this.shown !== job.job_id) return;
    this.answer = answer;
    this.replay = answer.replay && new Replay(answer.replay);
    this.jam = answer.replay && worstDay(answer.replay);
    this.error = null;
    this.busy = false;
    const worst = answer.waits[0];
    live.say(t('sim.done', { year: String(answer.question.year), days: fmt().count(Math.round(worst?.total_d ?? 0)) }));
  }

  private fail(error: unknown): void {
    this.leave();
    this.busy = false;
    const told = error instanceof ApiError ? error : new ApiError(500, [], String(error));
    if (told.status === 404 || told.status === 410) {
      this.gone = true;
      this.job = null;
      return;
    }
    this.error = told;
    if (told.offline) this.again = setTimeout(() => this.retry(), AGAIN_MS);
  }
}

export const run = new Run();
