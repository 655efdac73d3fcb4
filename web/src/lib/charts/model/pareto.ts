// Which routes are worth a thought: nothing else is both cheaper and faster.

export interface Offer {
  id: string;
  cost: number;
  time: number;
}

/** The offer that is no dearer and no slower, and better in one of the two; the cheapest of several. */
export function betterThan<T extends Offer>(one: T, offers: readonly T[]): T | null {
  let best: T | null = null;
  for (const other of offers) {
    const asGood = other.cost <= one.cost && other.time <= one.time;
    const better = other.cost < one.cost || other.time < one.time;
    if (asGood && better && (best === null || other.cost < best.cost)) best = other;
  }
  return best;
}

/** Offers that nothing beats, from the cheapest to the fastest. */
export function frontier<T extends Offer>(offers: readonly T[]): T[] {
  return offers.filter((one) => betterThan(one, offers) === null).sort((a, b) => a.cost - b.cost || a.time - b.time);
}

/** Corners of the stairs between them: who pays less than the next offer gets the time of the last one. */
export function stairs<T extends Offer>(offers: readonly T[]): [cost: number, time: number][] {
  const corners: [number, number][] = [];
  for (const one of frontier(offers)) {
    const last = corners.at(-1);
    if (last) corners.push([one.cost, last[1]]);
    corners.push([one.cost, one.time]);
  }
  return corners;
}
