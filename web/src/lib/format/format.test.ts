import { describe, expect, test } from 'vitest';
import { formatter, LANGS, offsetIfOther, utcOffset, zoneOf, type Formatter, type Lang } from './index';

// A space in these tables stands for a no-break space, so that the tables can be read.
const told = (text: string) => text.replaceAll('\u00a0', ' ');
type Row = [what: string, write: (f: Formatter) => string, ...expected: Record<Lang, string>[]];
const row = (what: string, write: (f: Formatter) => string, az: string, en: string, zh: string, ru: string, tr: string): Row => [
  what,
  write,
  { az, en, zh, ru, tr },
];
const FEB = '2027-02-02T16:20:00+00:00';

const TABLE: Row[] = [
  //                                                       az              en              zh              ru              tr
  row('a count', (f) => f.count(12345), '12.345', '12,345', '12,345', '12 345', '12.345'),
  row('decimals', (f) => f.plain(12345.6, 1), '12.345,6', '12,345.6', '12,345.6', '12 345,6', '12.345,6'),
  row('thousands', (f) => f.count(1000), '1.000', '1,000', '1,000', '1 000', '1.000'),
  row('millions', (f) => f.count(12000000), '12.000.000', '12,000,000', '12,000,000', '12 000 000', '12.000.000'),
  row('below zero', (f) => f.plain(-3.5, 1), '−3,5', '−3.5', '−3.5', '−3,5', '−3,5'),
  row('no minus before zero', (f) => f.plain(-0.04, 1), '0,0', '0.0', '0.0', '0,0', '0,0'),
  row('per cent', (f) => f.percent(0.784), '78%', '78 %', '78%', '78 %', '%78'),
  row('nearly all', (f) => f.percent(0.996), '> 99%', '> 99 %', '> 99%', '> 99 %', '> %99'),
  row('nearly none', (f) => f.percent(0.003), '< 1%', '< 1 %', '< 1%', '< 1 %', '< %1'),
  row('hours', (f) => f.duration(31.2), '31 saat', '31 h', '31 小时', '31 ч', '31 sa'),
  row('half days', (f) => f.duration(84), '3,5 gün', '3.5 d', '3.5 天', '3,5 сут.', '3,5 gün'),
  row('whole days', (f) => f.duration(545), '23 gün', '23 d', '23 天', '23 сут.', '23 gün'),
  row('days and hours', (f) => f.daysHours(127), '5 gün 7 saat', '5 d 7 h', '5 天 7 小时', '5 сут. 7 ч', '5 gün 7 sa'),
  row('a range of days', (f) => f.durationRange(444, 658), '19–27 gün', '19–27 d', '19–27 天', '19–27 сут.', '19–27 gün'),
  row('later', (f) => f.durationDifference(84), '+3,5 gün', '+3.5 d', '+3.5 天', '+3,5 сут.', '+3,5 gün'),
  row('sooner', (f) => f.durationDifference(-84), '−3,5 gün', '−3.5 d', '−3.5 天', '−3,5 сут.', '−3,5 gün'),
  row('money', (f) => f.usd(8359.97), 'USD 8.360', 'USD 8,360', 'USD 8,360', 'USD 8 360', 'USD 8.360'),
  row('a wide price', (f) => f.usd(8359.97, { low: 7000, high: 10000 }), 'USD 8.400', 'USD 8,400', 'USD 8,400', 'USD 8 400', 'USD 8.400'),
  row('a range of prices', (f) => f.usdRange(4312, 5387), 'USD 4.300–5.400', 'USD 4,300–5,400', 'USD 4,300–5,400', 'USD 4 300–5 400', 'USD 4.300–5.400'),
  row('tonnes', (f) => f.mass(1380), '1,38 t', '1.38 t', '1.38 吨', '1,38 т', '1,38 t'),
  row('kilograms', (f) => f.mass(84.3), '84,3 kq', '84.3 kg', '84.3 千克', '84,3 кг', '84,3 kg'),
  row('kilometres', (f) => f.distance(9347.2), '9.350 km', '9,350 km', '9,350 公里', '9 350 км', '9.350 km'),
  row('a date', (f) => f.date('2027-01-20'), '20 yan 2027', '20 Jan 2027', '2027年1月20日', '20 янв. 2027', '20 Oca 2027'),
  row('a cut-off', (f) => f.dateWeekday(FEB), '2 fev 2027, Ç.a.', 'Tue 2 Feb 2027', '2027年2月2日（周二）', 'вт, 2 февр. 2027', '2 Şub 2027, Sal'),
  row('a time', (f) => f.dateTime(FEB), '2 fev 2027, 16:20', '2 Feb 2027, 16:20', '2027年2月2日 16:20', '2 февр. 2027, 16:20', '2 Şub 2027, 16:20'),
  row('days of a month', (f) => f.dateRange(FEB, '2027-02-09'), '2–9 fev 2027', '2–9 Feb 2027', '2027年2月2–9日', '2–9 февр. 2027', '2–9 Şub 2027'),
  row('two months', (f) => f.dateRange(FEB, '2027-03-01'), '2 fev – 1 mar 2027', '2 Feb – 1 Mar 2027', '2027年2月2日–3月1日', '2 февр. – 1 мар. 2027', '2 Şub – 1 Mar 2027'),
  row('not known', (f) => f.duration(null), 'məlum deyil', 'not known', '未知', 'не известно', 'bilinmiyor'),
  row('no quote', (f) => f.usd(undefined), 'qiymət təklifi yoxdur', 'no quote', '无报价', 'нет ставки', 'fiyat teklifi yok'),
];

describe.each(LANGS)('%s', (lang) => {
  test.each(TABLE)('%s', (_, write, expected) => {
    expect(told(write(formatter(lang)))).toBe(expected[lang]);
  });

  test('the months of a year all differ', () => {
    const names = Array.from({ length: 12 }, (_, month) => formatter(lang).dayMonth(Date.UTC(2027, month, 5)));
    expect(new Set(names).size).toBe(12);
  });

  test('what is not known is never a number', () => {
    const f = formatter(lang);
    for (const none of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const write of [f.count, f.figure, f.usd, f.usdExact, f.mass, f.distance, f.percent, f.duration, f.daysHours]) {
        expect(write(none)).not.toMatch(/\d/);
      }
    }
    expect(f.date('no date')).toBe(f.notKnown);
  });

  test('nothing can break between a number and its unit', () => {
    const f = formatter(lang);
    for (const text of [f.duration(31), f.usd(12345), f.mass(1380), f.percent(0.996), f.date(FEB), f.usdRange(1e4, 3e4)]) {
      expect(text).not.toContain(' ');
    }
  });
});

const f = formatter('en');

test.each([
  // Where a unit ends and the next begins.
  [0, '0 h'], [0.001, '< 1 min'], [0.4, '24 min'], [0.999, '1 h'], [47.4, '47 h'], [47.6, '2 d'], [48, '2 d'], [66, '3 d'],
  [54, '2.5 d'], [233, '9.5 d'], [237, '10 d'], [250, '10 d'], [-84, '−3.5 d'],
])('%d hours are %s', (hours, expected) => expect(told(f.duration(hours))).toBe(expected));

test.each([
  // Width over a fifth of the value: two figures; else three.
  [4700, 4300, 5100, '4,700'], [4712, 4300, 5400, '4,700'], [4712, 4700, 4730, '4,710'], [0.04712, 0.01, 0.09, '0.047'],
  [9.96, 8, 12, '10'], [99.96, 99, 101, '100'], [1.4, 1.35, 1.45, '1.40'], [123456, 120000, 126000, '123,000'],
])('%d between %d and %d is %s', (value, low, high, expected) => expect(f.figure(value, { low, high })).toBe(expected));

test.each([
  [0, '0 %'], [1, '100 %'], [0.004999, '< 1 %'], [0.005, '1 %'], [0.994, '99 %'], [0.995, '> 99 %'], [0.999777, '> 99 %'],
])('a share of %d is %s', (share, expected) => expect(told(f.percent(share))).toBe(expected));

test.each([
  [99.94, '99.9 kg'], [100, '0.100 t'], [69784, '69.8 t'], [0, '0 t'], [0.5, '0.500 kg'],
])('%d kg are %s', (kg, expected) => expect(told(f.mass(kg))).toBe(expected));

test('a range whose ends round alike is one number', () => expect(f.figureRange(4310.1, 4310.4)).toBe('4,310'));

test('a range below zero cannot be misread', () => expect(told(f.figureRange(-30, 20))).toBe('−30 – 20'));

describe('zones', () => {
  test('a date is that of the place', () => {
    expect(told(f.dateTime('2027-02-02T20:00:00Z', zoneOf('CN')))).toBe('3 Feb 2027, 04:00');
    expect(told(f.dateTime('2027-02-02T20:00:00Z', zoneOf('HU')))).toBe('2 Feb 2027, 21:00');
  });
  test.each([
    ['KZ', null, 'UTC+5'], ['AZ', null, 'UTC+4'], ['IR', null, 'UTC+3:30'], ['GB', null, 'UTC'], ['RU', 60.6, 'UTC+5'],
    ['RU', 37.6, 'UTC+3'], ['??', null, 'UTC'], [null, null, 'UTC'],
  ])('%s at %s is %s', (country, lon, expected) => expect(utcOffset(FEB, zoneOf(country, lon))).toBe(expected));
  test('the offset is told only where it differs from the reader’s', () => {
    expect(offsetIfOther(FEB, 'Asia/Baku', 'Asia/Dubai')).toBe('');
    expect(offsetIfOther(FEB, 'Asia/Baku', 'Europe/Budapest')).toBe('UTC+4');
  });
  test('winter and summer', () => {
    expect(utcOffset('2027-07-01T00:00:00Z', 'Europe/Budapest')).toBe('UTC+2');
    expect(utcOffset('2027-01-01T00:00:00Z', 'Europe/Budapest')).toBe('UTC+1');
  });
});
