/** The marks of the playback on a canvas: shapes tell ships from trains where colours do not. */
import type { Ground } from '../../app/scene';
import { Room, type Box } from './layout';
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
/** In a row where there is room, and where a degree is few pixels. */
const MOST_MARKS = 14;
const FEW_MARKS = 4;
const LETTERS = 11;
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
    const scale = 0.4 + 0.6 * size;
    const room = new Room();
    const bars = places.map(({ stand, xy }) => this.bar(stand, xy, second, scale));
    for (const [i, { stand, xy }] of places.entries()) {
      room.take(around(xy, RING * scale + 2));
      const bar = bars[i];
      if (bar) room.take(bar);
      this.terminal(context, stand, xy, second, colours, scale, bar);
    }
    for (const seat of seats) if (!seat.at) this.moving(context, ground, seat, colours, size);
    // The longest lines choose their places first.
    const order = places.map((each, i) => ({ ...each, bar: bars[i] ?? null, boxes: this.boxes(each.stand, second) })).sort((a, b) => b.boxes - a.boxes);
    for (const { bar, boxes } of order) if (bar) this.number(context, bar, boxes, colours, room);
    for (const { stand, xy } of order)
      this.standing(context, xy, seats.filter((seat) => seat.at === stand.terminal_id), colours, size, room);
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

  private terminal(context: CanvasRenderingContext2D, stand: Stand, [x, y]: readonly [number, number], second: number, colours: Colours, size: number, bar: Box | null = null): void {
    const step = this.replay.step(second);
    const [room, held] = [stand.room[step] ?? 0, stand.yard[step] ?? 0];
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
    if (!bar) return;
    context.fillStyle = colours.surface;
    context.fillRect(bar.left - 1.5, bar.top - 1.5, bar.width + 3, bar.height + 3);
    context.fillStyle = this.boxes(stand, second) / this.most > 0.5 ? colours.worse : colours.ink;
    context.fillRect(bar.left, bar.top, bar.width, bar.height);
  }

  private boxes(stand: Stand, second: number): number {
    return stand.boxes[this.replay.step(second)] ?? 0;
  }

  /** What waits at a terminal as a bar beside its ring; null where nothing does. */
  private bar(stand: Stand, [x, y]: readonly [number, number], second: number, scale: number): Box | null {
    const boxes = this.boxes(stand, second);
    if (boxes < 1) return null;
    const width = BAR.width * scale;
    const height = Math.max(2, BAR.height * scale * Math.sqrt(boxes / this.most));
    return { left: x - RING * scale - 5 - width, top: y + RING * scale - height, width, height };
  }

  /** Beside its bar, where nothing else stands; the table has the numbers for which there is no room. */
  private number(context: CanvasRenderingContext2D, bar: Box, boxes: number, colours: Colours, room: Room): void {
    if (boxes / this.most < LABELLED) return;
    const told = colours.count(boxes);
    context.font = `600 ${LETTERS}px ${colours.font}`;
    const size = { width: context.measureText(told).width + 4, height: LETTERS + 3 };
    const end = bar.left + bar.width;
    const above = bar.top - size.height;
    const found = room.first([
      { left: end + 2 - size.width, top: above, ...size },
      { left: bar.left - 2, top: above, ...size },
      { left: bar.left - size.width - 1, top: bar.top, ...size },
      { left: end + 2 - size.width, top: bar.top + bar.height + 1, ...size },
      { left: bar.left - size.width - 1, top: bar.top + bar.height - size.height, ...size },
    ]);
    if (!found) return;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    text(context, told, found.left + 2, found.top + size.height / 2, colours);
  }

  /** Ships and trains that stand at a terminal, in rows below or above it; none where there is no room. */
  private standing(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], seats: readonly Seat[], colours: Colours, size: number, room: Room): void {
    const scale = 0.4 + 0.6 * size;
    context.font = `600 ${LETTERS}px ${colours.font}`;
    for (const kind of ['ship', 'train'] as const) {
      const mine = seats.filter((seat) => seat.kind === kind);
      if (mine.length === 0) continue;
      const shown = mine.slice(0, size < 1 ? FEW_MARKS : MOST_MARKS);
      const each = (kind === 'ship' ? 10 : 12) * scale;
      const more = mine.length > shown.length ? `+${mine.length - shown.length}` : '';
      const [high, wide] = [more ? LETTERS + 2 : ROW + 2, shown.length * each + (more ? context.measureText(more).width + 2 : 0)];
      const rows = [0, 1].map((row) => RING * scale + 4 + row * (ROW + 4));
      const boxes = [...rows.map((gap) => y + gap), ...rows.map((gap) => y - gap - high)].map((top) => ({ left: x - wide / 2, top, width: wide, height: high }));
      const found = room.first(boxes);
      if (!found) continue;
      const middle = found.top + high / 2;
      shown.forEach((seat, i) => {
        context.save();
        context.translate(found.left + (i + 0.5) * each, middle);
        if (kind === 'ship') context.rotate(-Math.PI / 2);
        mark(context, kind, this.hue(seat, colours), true, colours.surface, 0.62 * scale);
        context.restore();
      });
      if (!more) continue;
      context.textAlign = 'left';
      context.textBaseline = 'middle';
      text(context, more, found.left + shown.length * each, middle, colours);
    }
  }
}

function around([x, y]: readonly [number, number], radius: number): Box {
  return { left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius };
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
