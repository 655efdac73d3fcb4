/** Where marks and numbers go so that none lies on another: those that matter most choose first. Pure. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function meet(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/** What is taken already; everything that is placed is taken from then on. */
export class Room {
  private readonly taken: Box[] = [];

  take(box: Box): void {
    this.taken.push(box);
  }

  free(box: Box): boolean {
    return this.taken.every((other) => !meet(box, other));
  }

  /** The first of these that is free, which is then taken; null where none is. */
  first<T extends Box>(boxes: readonly T[]): T | null {
    const found = boxes.find((box) => this.free(box));
    if (found) this.take(found);
    return found ?? null;
  }
}
