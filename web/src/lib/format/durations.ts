// Durations: minutes below an hour, hours below two days, days to half a day below ten, then whole days.
import { MINUS, WRITINGS, type Lang } from './locales';
import { isKnown, joined, plainNumber, signed, type Unknown } from './numbers';

const HOURS_UNTIL = 48;
const HALF_DAYS_UNTIL = 10;

type Unit = 'minute' | 'hour' | 'day';

/** The unit in which a duration is told; what rounds to the next one is told in that. */
function unitOf(hours: number): Unit {
  if (hours !== 0 && Math.round(hours * 60) < 60) return 'minute';
  return Math.round(hours) < HOURS_UNTIL ? 'hour' : 'day';
}

function inUnit(lang: Lang, hours: number, unit: Unit): string {
  if (unit === 'minute') return plainNumber(lang, Math.round(hours * 60));
  if (unit === 'hour') return plainNumber(lang, Math.round(hours));
  const half = Math.round(hours / 12) / 2;
  const days = half < HALF_DAYS_UNTIL ? half : Math.round(hours / 24);
  return plainNumber(lang, days, Number.isInteger(days) ? 0 : 1);
}

export function duration(lang: Lang, hours: number | Unknown): string {
  if (!isKnown(hours)) return WRITINGS[lang].notKnown;
  const size = Math.abs(hours);
  // Something that takes less than half a minute still takes time.
  if (size > 0 && size < 1 / 120) return `<\u00a0${plainNumber(lang, 1)}${WRITINGS[lang].minute}`;
  const unit = unitOf(size);
  const text = inUnit(lang, size, unit);
  return (hours < 0 && /[1-9]/.test(text) ? MINUS : '') + text + WRITINGS[lang][unit];
}

/** Both ends in the unit of the longer one. */
export function durationRange(lang: Lang, low: number | Unknown, high: number | Unknown): string {
  if (!isKnown(low) || !isKnown(high)) return WRITINGS[lang].notKnown;
  const unit = unitOf(Math.max(Math.abs(low), Math.abs(high)));
  return joined(inUnit(lang, low, unit), inUnit(lang, high, unit)) + WRITINGS[lang][unit];
}

/** Days and hours side by side, as in a timeline: "5 d 7 h". */
export function daysHours(lang: Lang, hours: number | Unknown): string {
  if (!isKnown(hours)) return WRITINGS[lang].notKnown;
  const whole = Math.round(hours);
  if (whole < 24) return duration(lang, hours);
  const { day, hour } = WRITINGS[lang];
  const days = plainNumber(lang, Math.floor(whole / 24)) + day;
  return whole % 24 === 0 ? days : `${days} ${whole % 24}${hour}`;
}

/** A longer or shorter duration with its sign; the word that belongs to it is the dictionary's. */
export function durationDifference(lang: Lang, hours: number | Unknown): string {
  if (!isKnown(hours)) return WRITINGS[lang].notKnown;
  return signed(duration(lang, hours), hours);
}
