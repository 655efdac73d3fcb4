import { expect, test } from 'vitest';
import type { Change, Route } from '../app/types';
import { causes } from './causes';

const north = {
  countries: ['CN', 'KZ', 'RU', 'HU'],
  via: ['kz-dostyk'],
  legs: [{ service_id: 'train', link_ids: ['dostyk-ozinki', 'ozinki-brest'] }],
} as unknown as Route;
const close = (table: string, key: string): Change => ({ operation: 'close', table, key });

test.each<[Change, string[], boolean]>([
  [close('countries', 'RU'), [], true],
  [close('countries', 'IR'), [], false],
  [close('services', 'train'), [], true],
  [close('terminals', 'kz-dostyk'), [], true],
  [close('passages', 'caspian'), ['aktau-alat'], false],
  [close('passages', 'volga'), ['ozinki-brest'], true],
  [{ operation: 'scale', table: 'services', key: 'train', column: 'departures_per_week', value: 0.5 }, [], false],
])('%o', (change, links, expected) => {
  expect(causes(north, [change], () => links)).toEqual(expected ? [change] : []);
});
