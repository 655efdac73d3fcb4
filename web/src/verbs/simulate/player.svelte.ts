/** The clock of the playback. It never starts by itself. */
import { app } from '../../app/session.svelte';
import { DAY_S } from './replay';
import { run } from './run.svelte';

/** Days of the year a second. */
export const SPEEDS = [0.25, 1, 3, 7] as const;
/** Where motion is not wanted the clock goes in steps, one a second. */
const STILL_STEP_MS = 1000;
const MOST_GAP_MS = 250;

class Player {
  /** Second of the year. */
  at = $state(0);
  playing = $state(false);
  speed = $state<(typeof SPEEDS)[number]>(1);
  private last = 0;
  private frame = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  get end(): number {
    return run.replay?.seconds ?? 0;
  }

  /** A moment of the year as UTC. */
  get date(): Date {
    return this.dateOf(this.at);
  }

  dateOf(second: number): Date {
    return new Date(Date.parse(`${run.answer?.replay?.from ?? '2025-01-01'}T00:00:00Z`) + second * 1000);
  }

  get day(): number {
    return Math.floor(this.at / DAY_S);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (!run.replay) return;
    if (this.at >= this.end - 1) this.at = 0;
    this.playing = true;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.timer = setInterval(() => this.move(this.speed * DAY_S), STILL_STEP_MS);
      return;
    }
    this.last = performance.now();
    const tick = (now: number) => {
      if (!this.playing) return;
      // A page that slept does not leap.
      this.move((Math.min(now - this.last, MOST_GAP_MS) / 1000) * this.speed * DAY_S);
      this.last = now;
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    clearInterval(this.timer);
    this.keep();
  }

  /** Go to a moment; the address says the day. */
  go(second: number): void {
    this.at = Math.max(0, Math.min(this.end - 1, second));
    if (!this.playing) this.keep();
  }

  /** The moment that the address names, else the first. */
  restore(): void {
    const day = app.get('day');
    const from = run.answer?.replay?.from;
    const second = day && from ? (Date.parse(`${day}T12:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 1000 : 0;
    this.at = Math.max(0, Math.min(this.end - 1, second));
  }

  private move(seconds: number): void {
    this.at = Math.min(this.end - 1, this.at + seconds);
    if (this.at >= this.end - 1) this.pause();
  }

  private keep(): void {
    if (run.replay) app.shift({ day: this.date.toISOString().slice(0, 10) });
  }
}

export const player = new Player();
