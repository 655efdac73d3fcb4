// Where letters stand so that none covers another.

export interface Badge {
  x: number;
  y: number;
}

const AROUND = [
  [0, 0], [1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1], [2, 0], [-2, 0], [0, -2], [0, 2],
] as const;

/** Each point keeps its place if that is free; the others go to the nearest free one around it. */
export function spread(points: readonly Badge[], apart: number, width: number, height: number): Badge[] {
  const taken: Badge[] = [];
  for (const point of points) {
    const places = AROUND.map(([dx, dy]) => ({ x: point.x + dx * apart, y: point.y + dy * apart }));
    const inside = places.filter(({ x, y }) => x >= 0 && x <= width && y >= 0 && y <= height);
    const free = inside.find(({ x, y }) => taken.every((one) => Math.hypot(one.x - x, one.y - y) >= apart * 0.95));
    taken.push(free ?? point);
  }
  return taken;
}
