/** The marks of the playback on a canvas: shapes tell ships from trains where colours do not. */
import type { Ground } from '../../app/scene';
import { Course, isShut, type Replay, type Seat } from './replay';
import type { Stand } from './types';

export interface Colours {
  readonly ink: string;
  readonly surface: string;
  readonly control: string;
  readonly accent: string;
  readonly worse: string;
  readonly danger: string;
  readonly rail: string;
  readonly sea: string;
  readonly ferry: string;
  readonly font: string;
  /** Numbers in the language of the page. */
  readonly count: (value: number) => string;
}

/** A yard that is fuller is told as nearly full. */
export const HIGH = 0.85;
const RING = 8;
const BAR = { width: 6, height: 36 };
const ROW = 7;
const MOST_MARKS = 14;
const LABELLED = 0.08;

export class Drawing {
  private readonly courses = new Map<string, Course>();
  private lines: Ground['lines'] | null = null;
  /** Where most ever wait, to which all bars are drawn. */
  private readonly most: number;
  private readonly stands: ReadonlyMap<string, Stand>;

  constructor(private readonly replay: Replay) {
    this.stands = new Map(replay.told.terminals.map((each) => [each.terminal_id, each]));
    this.most = Math.max(1, ...replay.told.terminals.map((each) => Math.max(0, ...each.boxes)));
  }

  draw(context: CanvasRenderingContext2D, ground: Ground, second: number, colours: Colours): Seat[] {
    if (ground.lines !== this.lines) {
      this.lines = ground.lines;
      this.courses.clear();
    }
    const seats = this.replay.seats(second);
    const places = [...this.stands.values()].map((stand) => ({ stand, xy: ground.project([stand.lon, stand.lat]) }));
    context.lineJoin = 'round';
    // Where a degree is few pixels marks are drawn smaller, or they would hide each other.
    const [a, b] = [ground.project([51, 42]), ground.project([52, 42])];
    const size = Math.max(0.6, Math.min(1, (b[0] - a[0]) / 30));
    for (const { stand, xy } of places) this.terminal(context, stand, xy, second, colours, 0.4 + 0.6 * size);
    for (const seat of seats) if (!seat.at) this.moving(context, ground, seat, colours, size);
    for (const { stand, xy } of places) {
      const near = places.some((other) => other.xy !== xy && Math.abs(other.xy[0] - xy[0]) < 70 && other.xy[1] > xy[1] && other.xy[1] - xy[1] < 64);
      this.standing(context, xy, seats.filter((seat) => seat.at === stand.terminal_id), near, colours, size);
    }
    for (const { stand, xy } of places) this.number(context, stand, xy, second, colours);
    return seats;
  }

  private course(ground: Ground, seat: Seat): Course | null {
    const id = this.replay.told.links[seat.link] ?? '';
    const key = `${id}${seat.along ? '+' : '-'}`;
    let found = this.courses.get(key);
    if (!found) {
      const line = ground.lines.get(id);
      if (!line) return null;
      found = new Course(seat.along ? line : line.toReversed());
      this.courses.set(key, found);
    }
    return found;
  }

  private moving(context: CanvasRenderingContext2D, ground: Ground, seat: Seat, colours: Colours, size: number): void {
    const course = this.course(ground, seat);
    if (!course) return;
    const { point, from, to } = course.at(seat.share);
    const [x, y] = ground.project(point);
    if (x < -20 || y < -20 || x > ground.width + 20 || y > ground.height + 20) return;
    const [a, b] = [ground.project(from), ground.project(to)];
    context.save();
    context.translate(x, y);
    context.rotate(Math.atan2(b[1] - a[1], b[0] - a[0]));
    mark(context, seat.kind, this.hue(seat, colours), seat.load > 0, colours.surface, size);
    context.restore();
  }

  private hue(seat: Seat, colours: Colours): string {
    if (seat.kind === 'train') return colours.rail;
    return this.replay.told.legs[seat.leg]?.unit === 'TEU' ? colours.sea : colours.ferry;
  }

  private terminal(context: CanvasRenderingContext2D, stand: Stand, [x, y]: readonly [number, number], second: number, colours: Colours, size: number): void {
    const step = this.replay.step(second);
    const [room, held, boxes] = [stand.room[step] ?? 0, stand.yard[step] ?? 0, stand.boxes[step] ?? 0];
    if (isShut(stand, second)) shut(context, x, y, colours);
    if (room > 0) {
      const share = Math.min(1, held / room);
      context.lineWidth = 8 * size;
      context.strokeStyle = colours.surface;
      circle(context, x, y, RING * size, 1);
      context.lineWidth = 4.5 * size;
      context.strokeStyle = colours.control;
      context.globalAlpha = 0.35;
      circle(context, x, y, RING * size, 1);
      context.globalAlpha = 1;
      context.strokeStyle = share >= HIGH ? colours.worse : colours.accent;
      circle(context, x, y, RING * size, share);
    }
    if (boxes < 1) return;
    const height = this.height(boxes);
    const left = x - RING - 5 - BAR.width;
    context.fillStyle = colours.surface;
    context.fillRect(left - 1.5, y + RING - height - 1.5, BAR.width + 3, height + 3);
    context.fillStyle = boxes / this.most > 0.5 ? colours.worse : colours.ink;
    context.fillRect(left, y + RING - height, BAR.width, height);
  }

  private height(boxes: number): number {
    return Math.max(2, BAR.height * Math.sqrt(boxes / this.most));
  }

  /** Above its bar, over everything else. */
  private number(context: CanvasRenderingContext2D, stand: Stand, [x, y]: readonly [number, number], second: number, colours: Colours): void {
    const boxes = stand.boxes[this.replay.step(second)] ?? 0;
    if (boxes / this.most < LABELLED) return;
    context.font = `600 11px ${colours.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'bottom';
    text(context, colours.count(boxes), x - RING - 4, y + RING - this.height(boxes) - 1, colours);
  }

  private standing(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], seats: readonly Seat[], above: boolean, colours: Colours, size: number): void {
    let row = 0;
    for (const kind of ['ship', 'train'] as const) {
      const mine = seats.filter((seat) => seat.kind === kind);
      if (mine.length === 0) continue;
      const top = above ? y - RING - 8 - row * (ROW + 3) : y + RING + 8 + row * (ROW + 3);
      const shown = mine.slice(0, MOST_MARKS);
      const each = (kind === 'ship' ? 10 : 12) * (0.4 + 0.6 * size);
      const left = x - ((shown.length - 1) * each) / 2;
      shown.forEach((seat, i) => {
        context.save();
        context.translate(left + i * each, top);
        if (kind === 'ship') context.rotate(-Math.PI / 2);
        mark(context, kind, this.hue(seat, colours), true, colours.surface, 0.62 * (0.4 + 0.6 * size));
        context.restore();
      });
      if (mine.length > shown.length) {
        context.font = `600 11px ${colours.font}`;
        context.textAlign = 'left';
        context.textBaseline = 'middle';
        text(context, `+${mine.length - shown.length}`, left + shown.length * each, top, colours);
      }
      row += 1;
    }
  }
}

/** A hull with its bow ahead, or two wagons. Empty ones are hollow. */
function mark(context: CanvasRenderingContext2D, kind: Seat['kind'], hue: string, loaded: boolean, surface: string, size: number): void {
  context.scale(size, size);
  context.beginPath();
  if (kind === 'ship') {
    context.moveTo(-8, -3.6);
    context.lineTo(3, -3.6);
    context.quadraticCurveTo(7, -2.6, 9, 0);
    context.quadraticCurveTo(7, 2.6, 3, 3.6);
    context.lineTo(-8, 3.6);
    context.closePath();
  } else {
    context.rect(-7.5, -3, 7, 6);
    context.rect(0.5, -3, 7, 6);
  }
  context.lineWidth = 3.5 / Math.max(size, 0.75);
  context.strokeStyle = surface;
  context.stroke();
  context.fillStyle = loaded ? hue : surface;
  context.fill();
  if (loaded) return;
  context.lineWidth = 1.5;
  context.strokeStyle = hue;
  context.stroke();
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number, share: number): void {
  context.beginPath();
  context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
  context.stroke();
}

/** A broken ring, and waves above it. */
function shut(context: CanvasRenderingContext2D, x: number, y: number, colours: Colours): void {
  context.save();
  for (const [width, hue] of [[5, colours.surface], [2.2, colours.danger]] as const) {
    context.lineWidth = width;
    context.strokeStyle = hue;
    context.setLineDash(width < 3 ? [4, 3] : []);
    circle(context, x, y, RING + 7, 1);
    context.setLineDash([]);
    context.beginPath();
    for (const dy of [0, 5]) {
      context.moveTo(x - 40, y - 4 + dy);
      context.quadraticCurveTo(x - 37, y - 8 + dy, x - 34, y - 4 + dy);
      context.quadraticCurveTo(x - 31, y + dy, x - 28, y - 4 + dy);
    }
    context.stroke();
  }
  context.restore();
}

function text(context: CanvasRenderingContext2D, what: string, x: number, y: number, colours: Colours): void {
  context.lineWidth = 3;
  context.strokeStyle = colours.surface;
  context.strokeText(what, x, y);
  context.fillStyle = colours.ink;
  context.fillText(what, x, y);
}
