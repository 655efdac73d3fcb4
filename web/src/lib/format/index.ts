// `formatter(lang)` binds every way of writing to a language.
import * as dates from './dates';
import * as durations from './durations';
import { LANGS, WRITINGS, type Lang } from './locales';
import * as numbers from './numbers';

export { LANGS, NBSP, type Lang } from './locales';
export { digitsFor, isKnown, type Range, type Unknown } from './numbers';
export { zoneOf } from './zones';
export { offsetIfOther, utcOffset, type Instant } from './dates';

type Tail<F> = F extends (lang: Lang, ...rest: infer R) => infer T ? (...rest: R) => T : never;
const bind =
  (lang: Lang) =>
  <A extends unknown[], T>(write: (lang: Lang, ...rest: A) => T) =>
  (...rest: A): T =>
    write(lang, ...rest);

export interface Formatter {
  lang: Lang;
  plain: Tail<typeof numbers.plainNumber>;
  count: Tail<typeof numbers.count>;
  figure: Tail<typeof numbers.figure>;
  figureRange: Tail<typeof numbers.figureRange>;
  usd: Tail<typeof numbers.usd>;
  usdExact: Tail<typeof numbers.usdExact>;
  usdRange: Tail<typeof numbers.usdRange>;
  mass: Tail<typeof numbers.mass>;
  massRange: Tail<typeof numbers.massRange>;
  distance: Tail<typeof numbers.distance>;
  percent: Tail<typeof numbers.percent>;
  duration: Tail<typeof durations.duration>;
  durationRange: Tail<typeof durations.durationRange>;
  daysHours: Tail<typeof durations.daysHours>;
  durationDifference: Tail<typeof durations.durationDifference>;
  date: Tail<typeof dates.date>;
  dayMonth: Tail<typeof dates.dayMonth>;
  dateWeekday: Tail<typeof dates.dateWeekday>;
  dateTime: Tail<typeof dates.dateTime>;
  dateRange: Tail<typeof dates.dateRange>;
  timeOfDay: Tail<typeof dates.timeOfDay>;
  notKnown: string;
  noQuote: string;
}

function make(lang: Lang): Formatter {
  const own = bind(lang);
  return {
    lang,
    plain: own(numbers.plainNumber),
    count: own(numbers.count),
    figure: own(numbers.figure),
    figureRange: own(numbers.figureRange),
    usd: own(numbers.usd),
    usdExact: own(numbers.usdExact),
    usdRange: own(numbers.usdRange),
    mass: own(numbers.mass),
    massRange: own(numbers.massRange),
    distance: own(numbers.distance),
    percent: own(numbers.percent),
    duration: own(durations.duration),
    durationRange: own(durations.durationRange),
    daysHours: own(durations.daysHours),
    durationDifference: own(durations.durationDifference),
    date: own(dates.date),
    dayMonth: own(dates.dayMonth),
    dateWeekday: own(dates.dateWeekday),
    dateTime: own(dates.dateTime),
    dateRange: own(dates.dateRange),
    timeOfDay: own(dates.timeOfDay),
    notKnown: WRITINGS[lang].notKnown,
    noQuote: WRITINGS[lang].noQuote,
  };
}

const made = Object.fromEntries(LANGS.map((lang) => [lang, make(lang)])) as Record<Lang, Formatter>;

export const formatter = (lang: Lang): Formatter => made[lang];
