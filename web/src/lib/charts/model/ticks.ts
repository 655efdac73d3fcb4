// Ticks of a calendar axis.

const DAY_H = 24;
const STEPS_D = [1, 2, 5, 7, 14, 28, 56, 112];

/** The UTC midnights, in hours from a start, that divide a span into at most so many parts. */
export function dayTicks(startAt: number, fromHours: number, toHours: number, most: number): number[] {
  const days = (toHours - fromHours) / DAY_H;
  const step = (STEPS_D.find((one) => days / one <= most) ?? Math.ceil(days / most)) * DAY_H;
  const sinceMidnight = (startAt / 3_600_000) % DAY_H;
  const first = Math.ceil((fromHours + sinceMidnight) / DAY_H) * DAY_H - sinceMidnight;
  const ticks: number[] = [];
  for (let hours = first; hours <= toHours; hours += step) ticks.push(hours);
  return ticks;
}
