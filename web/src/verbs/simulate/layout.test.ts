import { expect, test } from 'vitest';
import { meet, Room, type Box } from './layout';

const box = (left: number, top: number, width = 10, height = 10): Box => ({ left, top, width, height });

test('boxes meet where they share more than an edge', () => {
  expect(meet(box(0, 0), box(9, 9))).toBe(true);
  expect(meet(box(0, 0), box(10, 0))).toBe(false);
  expect(meet(box(0, 0), box(0, 10))).toBe(false);
  expect(meet(box(0, 0, 30, 30), box(10, 10, 2, 2))).toBe(true);
});

test('the first free place is taken, and then no longer free', () => {
  const room = new Room();
  room.take(box(0, 0));
  expect(room.first([box(5, 5), box(20, 0)])).toEqual(box(20, 0));
  expect(room.first([box(5, 5), box(25, 5), box(0, 10)])).toEqual(box(0, 10));
  expect(room.first([box(5, 5), box(25, 5)])).toBeNull();
});

test('of many labels at one port none lies on another, and the first has its first choice', () => {
  const room = new Room();
  const choices = (x: number, y: number) => [box(x, y, 30, 12), box(x - 30, y, 30, 12), box(x, y + 12, 30, 12)];
  const placed = [0, 4, 8, 12, 16].map((x) => room.first(choices(x, 0))).filter((each) => each !== null);
  expect(placed[0]).toEqual(box(0, 0, 30, 12));
  expect(placed.length).toBeGreaterThan(1);
  placed.forEach((one, i) => placed.slice(i + 1).forEach((other) => expect(meet(one, other)).toBe(false)));
});
