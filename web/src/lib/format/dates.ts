// Dates and times of day in the zone of the place where something happens.
import { EN_DASH, MINUS, NBSP, WRITINGS, type Lang } from './locales';
import type { Unknown } from './numbers';
import { zoneOf } from './zones';

export type Instant = string | number | Date;

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  weekday: number;
  /** Minutes ahead of UTC. */
  offset: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    // Only digits are asked of the browser, and those are alike in every browser.
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    clocks.set(zone, clock);
  }
  return clock;
}

function partsOf(instant: Instant | Unknown, zone: string): Parts | null {
  if (instant === null || instant === undefined) return null;
  const at = new Date(instant);
  const time = at.getTime();
  if (Number.isNaN(time)) return null;
  const told: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(at)) told[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = told;
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  const offset = Math.round((wall - Math.floor(time / 60000) * 60000) / 60000);
  return { year, month, day, hour, minute, weekday: (new Date(wall).getUTCDay() + 6) % 7, offset };
}

const two = (value: number) => String(value).padStart(2, '0');
const monthOf = (lang: Lang, parts: Parts) => WRITINGS[lang].months[parts.month - 1] ?? '';

function written(lang: Lang, parts: Parts): string {
  return WRITINGS[lang].date(String(parts.day), monthOf(lang, parts), String(parts.year));
}

/** "2 Feb 2027" */
export function date(lang: Lang, instant: Instant | Unknown, zone = 'UTC'): string {
  const parts = partsOf(instant, zone);
  return parts ? written(lang, parts) : WRITINGS[lang].notKnown;
}

/** "2 Feb", where the year stands beside it. */
export function dayMonth(lang: Lang, instant: Instant | Unknown, zone = 'UTC'): string {
  const parts = partsOf(instant, zone);
  return parts ? WRITINGS[lang].dayMonth(String(parts.day), monthOf(lang, parts)) : WRITINGS[lang].notKnown;
}

/** "Tue 2 Feb 2027", for what must not be missed. */
export function dateWeekday(lang: Lang, instant: Instant | Unknown, zone = 'UTC'): string {
  const parts = partsOf(instant, zone);
  if (!parts) return WRITINGS[lang].notKnown;
  return WRITINGS[lang].withWeekday(WRITINGS[lang].weekdays[parts.weekday] ?? '', written(lang, parts));
}

/** "2 Feb 2027, 16:20" */
export function dateTime(lang: Lang, instant: Instant | Unknown, zone = 'UTC', weekday = false): string {
  const parts = partsOf(instant, zone);
  if (!parts) return WRITINGS[lang].notKnown;
  const day = weekday ? dateWeekday(lang, instant, zone) : written(lang, parts);
  return WRITINGS[lang].withTime(day, `${two(parts.hour)}:${two(parts.minute)}`);
}

/** "16:20" */
export function timeOfDay(lang: Lang, instant: Instant | Unknown, zone = 'UTC'): string {
  const parts = partsOf(instant, zone);
  return parts ? `${two(parts.hour)}:${two(parts.minute)}` : WRITINGS[lang].notKnown;
}

/** "UTC+8", "UTC−3:30"; empty where the instant is not known. */
export function utcOffset(instant: Instant | Unknown, zone: string): string {
  const parts = partsOf(instant, zone);
  if (!parts) return '';
  const size = Math.abs(parts.offset);
  const minutes = size % 60 ? `:${two(size % 60)}` : '';
  return parts.offset === 0 ? 'UTC' : `UTC${parts.offset < 0 ? MINUS : '+'}${Math.floor(size / 60)}${minutes}`;
}

/** The offset of a place where it differs from that of the reader, otherwise nothing. */
export function offsetIfOther(instant: Instant | Unknown, zone: string, readers?: string): string {
  const own = readers ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const there = utcOffset(instant, zone);
  return there === utcOffset(instant, own) ? '' : there;
}

/** "2–9 Feb 2027"; what two dates share is said once. */
export function dateRange(lang: Lang, from: Instant | Unknown, to: Instant | Unknown, zone = 'UTC'): string {
  const first = partsOf(from, zone);
  const last = partsOf(to, zone);
  if (!first || !last) return WRITINGS[lang].notKnown;
  const whole = written(lang, last);
  if (first.year !== last.year) return `${written(lang, first)}${NBSP}${EN_DASH}${NBSP}${whole}`;
  if (first.month === last.month) {
    if (first.day === last.day) return whole;
    return WRITINGS[lang].date(`${first.day}${EN_DASH}${last.day}`, monthOf(lang, last), String(last.year));
  }
  if (lang === 'zh') return `${written(lang, first)}${EN_DASH}${WRITINGS.zh.dayMonth(String(last.day), monthOf(lang, last))}`;
  const start = WRITINGS[lang].dayMonth(String(first.day), monthOf(lang, first));
  return `${start}${NBSP}${EN_DASH}${NBSP}${whole}`;
}

/** The zone of a country, for places that name only that. */
export { zoneOf };
