import { expect, test } from 'vitest';
import { around, domainOf, isSure } from './whiskers';

test('a scale holds zero and every end', () => {
  expect(domainOf([{ mean: 5, low: 2, high: 8 }])).toEqual([0, 8]);
  expect(domainOf([{ mean: 5, low: -2, high: 12 }, { mean: -1, low: null, high: null }])).toEqual([-2, 12]);
  expect(domainOf([{ mean: -3, low: -4, high: -2 }])).toEqual([-4, 0]);
  expect(domainOf([{ mean: null, low: null, high: null }])).toEqual([0, 1]);
});

test('what is sure leaves out zero', () => {
  expect(isSure({ mean: 5, low: 1, high: 9 })).toBe(true);
  expect(isSure({ mean: -5, low: -9, high: -1 })).toBe(true);
  expect(isSure({ mean: 5, low: -1, high: 11 })).toBe(false);
  expect(isSure({ mean: 0, low: 0, high: 0 })).toBe(false);
  expect(isSure({ mean: 5, low: null, high: null })).toBeNull();
});

test('days around an event, within the year', () => {
  // 3 March is day 61 of the year; a week, sixty days and three weeks on either side
  expect(around('2025-01-01', 365, '2025-03-03', '2025-03-09', null)).toEqual([40, 67 + 60 + 21 - 40]);
  expect(around('2025-01-01', 365, '2025-03-03', '2025-03-09', 100)).toEqual([40, 61 + 100 + 21 - 40]);
  expect(around('2025-01-01', 365, '2025-01-05', '2025-12-20', null)).toEqual([0, 365]);
  expect(around('2025-01-01', 365, null, null, 9)).toEqual([0, 365]);
});
