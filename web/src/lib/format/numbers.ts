// Numbers with as many digits as their range deserves. What is not known comes out as words, never as 0.
import { EN_DASH, MINUS, NBSP, WRITINGS, type Lang } from './locales';

export type Unknown = null | undefined;
/** The ends within which a figure lies, such as the 10th and the 90th percentile. */
export interface Range {
  low: number;
  high: number;
}

export function isKnown(value: number | Unknown): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Two significant figures where the range is wider than a fifth of the value, otherwise three. */
export function digitsFor(value: number, range?: Range): 2 | 3 {
  return range && Math.abs(range.high - range.low) > 0.2 * Math.abs(value) ? 2 : 3;
}

/** The step of the last significant figure, so that both ends of a range are rounded alike. */
function stepOf(value: number, digits: number): number {
  if (value === 0) return 1;
  // 9.96 with two figures is 10, whose last figure is one place further left.
  const magnitude = Math.floor(Math.log10(Number(Math.abs(value).toPrecision(digits))));
  return 10 ** (magnitude - digits + 1);
}

const placesOf = (step: number) => Math.max(0, -Math.round(Math.log10(step)));

function atStep(value: number, step: number): number {
  // A step below one is divided by its inverse, which is whole: 3 * 0.1 is not 0.3.
  return step < 1 ? Math.round(value * Math.round(1 / step)) / Math.round(1 / step) : Math.round(value / step) * step;
}

/** A number with fixed decimals in the signs of a language; the minus sign is a minus, not a hyphen. */
export function plainNumber(lang: Lang, value: number, places = 0): string {
  const { group, decimal } = WRITINGS[lang];
  const [whole = '', part] = Math.abs(value).toFixed(places).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  const text = part ? grouped + decimal + part : grouped;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** Something counted: exact. */
export function count(lang: Lang, value: number | Unknown): string {
  return isKnown(value) ? plainNumber(lang, Math.round(value)) : WRITINGS[lang].notKnown;
}

/** A measured number without its unit. */
export function figure(lang: Lang, value: number | Unknown, range?: Range): string {
  if (!isKnown(value)) return WRITINGS[lang].notKnown;
  const step = stepOf(value, digitsFor(value, range));
  return plainNumber(lang, atStep(value, step), placesOf(step));
}

/** Both ends rounded alike, with an en dash between; one number where they round to the same. */
export function figureRange(lang: Lang, low: number | Unknown, high: number | Unknown): string {
  if (!isKnown(low) || !isKnown(high)) return WRITINGS[lang].notKnown;
  const step = stepOf(Math.max(Math.abs(low), Math.abs(high)), digitsFor((low + high) / 2, { low, high }));
  return joined(plainNumber(lang, atStep(low, step), placesOf(step)), plainNumber(lang, atStep(high, step), placesOf(step)));
}

/** Two written ends as a range. A dash between signed numbers would read as a minus, so those get spaces. */
export function joined(low: string, high: string): string {
  if (low === high) return low;
  return low.startsWith(MINUS) || high.startsWith(MINUS)
    ? `${low}${NBSP}${EN_DASH}${NBSP}${high}`
    : `${low}${EN_DASH}${high}`;
}

/** US dollars: code, then number. */
export function usd(lang: Lang, value: number | Unknown, range?: Range): string {
  return isKnown(value) ? `USD${NBSP}${figure(lang, value, range)}` : WRITINGS[lang].noQuote;
}

/** US dollars to the dollar, for lines of a quotation that must add up as printed. */
export function usdExact(lang: Lang, value: number | Unknown): string {
  return isKnown(value) ? `USD${NBSP}${plainNumber(lang, Math.round(value))}` : WRITINGS[lang].noQuote;
}

export function usdRange(lang: Lang, low: number | Unknown, high: number | Unknown): string {
  return isKnown(low) && isKnown(high) ? `USD${NBSP}${figureRange(lang, low, high)}` : WRITINGS[lang].noQuote;
}

const KG_FROM = 100;

/** A mass given in kilograms: tonnes, below a tenth of a tonne kilograms. */
export function mass(lang: Lang, kg: number | Unknown, range?: Range): string {
  if (!isKnown(kg)) return WRITINGS[lang].notKnown;
  const { tonne, kilogram } = WRITINGS[lang];
  if (kg !== 0 && Math.abs(kg) < KG_FROM) return figure(lang, kg, range) + kilogram;
  const inTonnes = range && { low: range.low / 1000, high: range.high / 1000 };
  return figure(lang, kg / 1000, inTonnes) + tonne;
}

export function massRange(lang: Lang, low: number | Unknown, high: number | Unknown): string {
  if (!isKnown(low) || !isKnown(high)) return WRITINGS[lang].notKnown;
  const { tonne, kilogram } = WRITINGS[lang];
  const small = Math.abs(high) < KG_FROM;
  const scale = small ? 1 : 1000;
  return figureRange(lang, low / scale, high / scale) + (small ? kilogram : tonne);
}

/** Kilometres. */
export function distance(lang: Lang, km: number | Unknown): string {
  return isKnown(km) ? figure(lang, km) + WRITINGS[lang].kilometre : WRITINGS[lang].notKnown;
}

/** A share of 1 in whole per cent; what is neither none nor all never reads as none or all. */
export function percent(lang: Lang, share: number | Unknown): string {
  if (!isKnown(share)) return WRITINGS[lang].notKnown;
  const { percent: written } = WRITINGS[lang];
  const whole = Math.round(share * 100);
  if (share > 0 && share < 0.005) return `<${NBSP}${written('1')}`;
  if (share < 1 && whole >= 100) return `>${NBSP}${written('99')}`;
  return written(plainNumber(lang, whole));
}

/** A number with its sign, zero without. */
export function signed(text: string, value: number): string {
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}
