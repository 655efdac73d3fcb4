/** Figures with their intervals on one scale, and series of days cut to what is about an event. Pure. */

export interface Estimate {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Ends of a scale that holds every figure, every interval and zero. */
export function domainOf(estimates: readonly Estimate[]): [number, number] {
  const values = estimates.flatMap(({ mean, low, high }) => [mean, low, high]).filter((value) => value !== null);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  return least === most ? [0, 1] : [least, most];
}

/** Whether an interval leaves out zero; null where there is none. */
export function isSure({ low, high }: Estimate): boolean | null {
  return low === null || high === null ? null : low > 0 || high < 0;
}

const MARGIN_D = 21;
const AFTER_D = 60;

/** First day and number of days to show of a series that begins on `from`: around an event and what came after
 * it, or all where it lasts. Days that took to recover count from its first. */
export function around(from: string, days: number, begins: string | null, ends: string | null, recovered: number | null): [number, number] {
  if (!begins || !ends) return [0, days];
  const day = (text: string) => Math.round((Date.parse(text) - Date.parse(from)) / 86_400_000);
  const first = Math.max(0, day(begins) - MARGIN_D);
  const last = Math.min(days, Math.max(day(ends) + AFTER_D, day(begins) + (recovered ?? 0)) + MARGIN_D);
  return [first, Math.max(1, last - first)];
}
