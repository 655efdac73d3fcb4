// The arrival as twenty dots, each one chance in twenty.

export const DOTS = 20;
export type Distribution = readonly (readonly [chance: number, hours: number])[];

/** Hours of the chances 1/40, 3/40 ... 39/40; null for a dot that never arrives. Between the chances that the answer
 * tells hours are interpolated; beyond the last one they stay at it and are not drawn out. */
export function dotHours(distribution: Distribution, never = 0): (number | null)[] {
  if (distribution.length === 0) return [];
  return Array.from({ length: DOTS }, (_, number) => {
    const chance = (number + 0.5) / DOTS;
    return chance > 1 - never ? null : hoursAt(distribution, chance);
  });
}

function hoursAt(distribution: Distribution, chance: number): number {
  const after = distribution.findIndex(([told]) => told >= chance);
  const [lastChance, lastHours] = distribution.at(-1) ?? [1, 0];
  if (after === -1) return chance > lastChance ? lastHours : 0;
  const [c1, h1] = distribution[after] ?? [1, 0];
  const [c0, h0] = distribution[after - 1] ?? [c1, h1];
  return c1 === c0 ? h1 : h0 + ((h1 - h0) * (chance - c0)) / (c1 - c0);
}

export interface Dot {
  hours: number;
  /** Middle of its column, hours. */
  at: number;
  /** Place in the column, from 0 at the axis. */
  level: number;
  inTime: boolean | null;
}

/** Dots stacked in columns of so many hours. Columns are counted from the deadline, so that its line parts the picture
 * where it parts the count. */
export function stacked(hours: readonly (number | null)[], columnHours: number, deadline: number | null): Dot[] {
  const levels = new Map<number, number>();
  const origin = deadline ?? 0;
  return hours
    .filter((value) => value !== null)
    .map((value) => {
      const column = Math.ceil((value - origin) / columnHours) - 1;
      const level = levels.get(column) ?? 0;
      levels.set(column, level + 1);
      const inTime = deadline === null ? null : value <= deadline;
      return { hours: value, at: origin + (column + 0.5) * columnHours, level, inTime };
    });
}
