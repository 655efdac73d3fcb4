import { describe, expect, test } from 'vitest';
import { Course, DAY_S, isShut, Replay, worstDay } from './replay';
import type { ReplayTold, Stand } from './types';

const stand = (name: string, boxes: number[], more: Partial<Stand> = {}): Stand => ({
  terminal_id: name, name, lat: 40, lon: 50, yard: boxes, room: boxes, boxes,
  ships: boxes.map(() => 0), trains: boxes.map(() => 0), shut: [], ...more,
});
const told: ReplayTold = {
  from: '2025-01-01',
  days: 2,
  step_h: 12,
  pools: [{ kind: 'ship', name: 'Feeders' }, { kind: 'train', name: 'Train' }],
  legs: [{ by: 'ship', from: 'a', to: 'b', unit: 'TEU' }, { by: 'ship', from: 'b', to: 'a', unit: 'TEU' }, { by: 'train', from: 'a', to: 'c', unit: 'TEU' }],
  links: ['a-b', 'a-x', 'x-c'],
  vehicles: [[0, 2 * DAY_S], [1, 5000]],
  trips: [
    [0, 0, 100, [1, 1000, 3000]],
    [1, 2, 80, [2, 1000, 2000, 3, 2600, 4000]],
    [0, 1, 0, [-1, 9000, 11000]],
  ],
  terminals: [stand('Aktau', [10, 30, 5, 5]), stand('Alat', [0, 0, 20, 4])],
};
const replay = new Replay(told);
const at = (second: number) => Object.fromEntries(replay.seats(second).map((seat) => [seat.vehicle, seat]));

describe('where vehicles are', () => {
  test('a ship lies in port before its first trip, a train is not there yet', () => {
    expect(at(0)).toMatchObject({ 0: { at: 'a', moving: false } });
    expect(Object.keys(at(0))).toEqual(['0']);
  });
  test('half of the hours of a link is half of the link', () => {
    expect(at(2000)[0]).toMatchObject({ link: 0, along: true, share: 0.5, load: 100, moving: true });
  });
  test('between two links it stands at the end of the first', () => {
    expect(at(2300)[1]).toMatchObject({ link: 1, share: 1, moving: false });
    expect(at(2600)[1]).toMatchObject({ link: 2, share: 0, moving: true });
  });
  test('after a trip it stands where it came to, and sets out from there', () => {
    expect(at(5000)[0]).toMatchObject({ at: 'b', link: -1 });
    expect(at(10000)[0]).toMatchObject({ link: 0, along: false, share: 0.5 });
  });
  test('a train that was taken apart is gone', () => {
    expect(at(4500)[1]).toMatchObject({ at: 'c' });
    expect(at(5001)[1]).toBeUndefined();
  });
});

describe('the jam', () => {
  test('is the day on which most wait, with the terminal where they do', () => {
    expect(worstDay(told)).toMatchObject({ day: 0, boxes: 20, terminal: 'Aktau' });
    const later = { ...told, terminals: [stand('Aktau', [1, 1, 2, 2]), stand('Alat', [0, 0, 20, 40])] };
    expect(worstDay(later)).toMatchObject({ day: 1, boxes: 32, terminal: 'Alat' });
  });
  test('of days alike the first counts, and without days there is none', () => {
    expect(worstDay({ ...told, terminals: [stand('Aktau', [4, 4, 4, 4])] })?.day).toBe(0);
    expect(worstDay({ ...told, days: 0 })).toBeNull();
  });
});

test('a step of the terminals never lies outside the year', () => {
  expect([-5, 0, 43_200, 2 * DAY_S, 9e9].map((second) => replay.step(second))).toEqual([0, 0, 1, 3, 3]);
});

test('a port is shut from the beginning of a span until before its end', () => {
  const port = stand('Aktau', [0], { shut: [[100, 200]] });
  expect([99, 100, 199, 200].map((second) => isShut(port, second))).toEqual([false, true, true, false]);
});

describe('a course', () => {
  const bent = new Course([[0, 0], [0, 2], [2, 2]]);
  test('is walked by length, not by points', () => {
    expect(bent.at(0).point).toEqual([0, 0]);
    const [x, y] = bent.at(0.5).point;
    expect(y).toBeCloseTo(1.9994, 3);
    expect(x).toBe(0);
    expect(bent.at(1).point).toEqual([2, 2]);
    expect(bent.at(7).point).toEqual([2, 2]);
  });
  test('of one point stays there', () => expect(new Course([[3, 4]]).at(0.5).point).toEqual([3, 4]));
});
