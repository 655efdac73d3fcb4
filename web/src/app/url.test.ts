import { expect, test } from 'vitest';
import { SHIPMENT_FIELDS, deadlineDay, planBody } from '../shipment/fields';
import { boxesText, dayText, numberText, readQuery, writeQuery } from './url';

test('a query says what differs from the defaults, in the order of the fields', () => {
  const { values } = readQuery('?ready=2027-01-11&to=Poti&from=Baku,+AZ', SHIPMENT_FIELDS);
  expect(writeQuery(values, SHIPMENT_FIELDS)).toBe('?from=Baku,+AZ&to=Poti&ready=2027-01-11');
  expect(writeQuery(readQuery('', SHIPMENT_FIELDS).values, SHIPMENT_FIELDS)).toBe('');
});

test('reading what was written gives the same state', () => {
  const values = { ...readQuery('', SHIPMENT_FIELDS).values, from: "Xi'an & co, CN", via: 'az-alat;ge-poti', days: '30' };
  expect(readQuery(writeQuery(values, SHIPMENT_FIELDS), SHIPMENT_FIELDS).values).toEqual(values);
});

test('a bad value and an unknown key are told, never dropped in silence', () => {
  const { values, bad } = readQuery('?containers=4O&colour=red&ready=2027-02-30', SHIPMENT_FIELDS);
  expect(bad.map((each) => each.key).sort()).toEqual(['colour', 'containers', 'ready']);
  expect(bad.find((each) => each.key === 'containers')).toMatchObject({ got: '4O', used: '40x40HC' });
  expect(values.containers).toBe('40x40HC');
});

test.each([
  ['40x40hc', '40x40HC'],
  ['1x20', '1x20'],
  ['0x40HC', null],
  ['4O', null],
  ['x40HC', null],
])('containers %s', (given, read) => expect(boxesText(given)).toBe(read));

test.each([
  ['2027-02-28', '2027-02-28'],
  ['2027-02-30', null],
  ['1.2.2027', null],
])('day %s', (given, read) => expect(dayText(given)).toBe(read));

test.each([
  ['12.50', '12.5'],
  ['0', null],
  ['-3', null],
  ['NaN', null],
  ['', ''],
])('number %s', (given, read) => expect(numberText(given)).toBe(read));

test('a deadline of days counts from the day the cargo is ready', () => {
  expect(deadlineDay('35d', '2026-12-01')).toBe('2027-01-05');
  expect(deadlineDay('2027-02-01', '2026-12-01')).toBe('2027-02-01');
  expect(deadlineDay('none', '2026-12-01')).toBe('');
});

test('the question has the names of the API and nothing that was not asked', () => {
  const { values } = readQuery('?ready=2026-12-01&days=30&avoid=RU;IR&by=none', SHIPMENT_FIELDS);
  expect(planBody(values)).toEqual({
    origin: 'Xi’an, CN',
    destination: 'Budapest, HU',
    containers: '40x40HC',
    commodity: 'electronics',
    depart: '2026-12-01',
    max_days: 30,
    avoid: ['RU', 'IR'],
    compare: true,
  });
});
