/** A job of the server that is asked for, followed by its events and fetched; every part of the page that takes long. */
import { ApiError, ask } from '../../app/api';
import { app, live } from '../../app/session.svelte';
import { t } from '../../text/text.svelte';
import type { Job } from './types';

/** How often a server that is not there is asked again. */
const AGAIN_MS = 3000;

export abstract class Work<T> {
  job = $state.raw<Job | null>(null);
  answer = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** When it was asked for, for the words of a long wait. */
  since = $state(0);
  /** The link names a run that the server no longer keeps. */
  gone = $state(false);
  busy = $state(false);

  private shown = '';
  private stream: EventSource | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;

  /** key : the part of the address that names the job */
  constructor(readonly key: string) {}

  /** What is asked for. */
  protected abstract body(): Record<string, unknown>;
  /** What is done with the answer, and what is said of it aloud. */
  protected abstract take(answer: T): string;
  /** What else of the address a new job changes. */
  protected beside(): Record<string, string> {
    return {};
  }

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
    try {
      const job = await ask<Job>('/v1/simulate', { body: this.body() });
      this.job = job;
      this.shown = job.job_id;
      app.shift({ ...this.beside(), [this.key]: job.job_id });
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
    app.shift({ [this.key]: '' });
    live.say(t('sim.cancelled'));
    if (id) await this.stop(id);
  }

  /** Tell the server that nobody waits for a job any more. */
  protected async stop(id: string): Promise<void> {
    try {
      await ask(`/v1/jobs/${id}/cancel`, { method: 'POST' });
    } catch {
      // It has ended meanwhile, or the server is gone: nothing is waited for either way.
    }
  }

  /** Ask again for what failed. */
  retry(): void {
    const id = app.get(this.key);
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
    const answer = await ask<T>(`/v1/jobs/${job.job_id}/result`);
    if (this.shown !== job.job_id) return;
    this.answer = answer;
    const said = this.take(answer);
    this.error = null;
    this.busy = false;
    live.say(said);
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
