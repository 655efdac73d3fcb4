// How numbers and dates are written in each language. All five are tables of our own: Chromium's data of
// Azerbaijani are those of no language ("2027 M01 20"), and one way for all is one way to test.

export const LANGS = ['en', 'az', 'zh', 'ru', 'tr'] as const;
export type Lang = (typeof LANGS)[number];

/** Keeps a unit with its number on one line. */
export const NBSP = '\u00a0';
export const MINUS = '\u2212';
export const EN_DASH = '\u2013';

export interface Writing {
  group: string;
  decimal: string;
  /** A whole number, already written, as a share of a hundred. */
  percent: (digits: string) => string;
  minute: string;
  hour: string;
  day: string;
  tonne: string;
  kilogram: string;
  kilometre: string;
  months: readonly string[];
  /** From Monday. */
  weekdays: readonly string[];
  date: (day: string, month: string, year: string) => string;
  dayMonth: (day: string, month: string) => string;
  /** A weekday before a date. */
  withWeekday: (weekday: string, date: string) => string;
  /** A time of day after a date. */
  withTime: (date: string, time: string) => string;
  notKnown: string;
  noQuote: string;
}

const spaced = (unit: string) => NBSP + unit;
const dayFirst = (day: string, month: string, year: string) => `${day}${NBSP}${month}${NBSP}${year}`;
const dayMonth = (day: string, month: string) => `${day}${NBSP}${month}`;
const weekdayFirst = (weekday: string, date: string) => `${weekday}${NBSP}${date}`;
const weekdayLast = (weekday: string, date: string) => `${date},${NBSP}${weekday}`;
const commaTime = (date: string, time: string) => `${date}, ${time}`;
const words = (text: string) => text.split(' ');

export const WRITINGS: Record<Lang, Writing> = {
  en: {
    group: ',',
    decimal: '.',
    percent: (digits) => `${digits}${NBSP}%`,
    minute: spaced('min'),
    hour: spaced('h'),
    day: spaced('d'),
    tonne: spaced('t'),
    kilogram: spaced('kg'),
    kilometre: spaced('km'),
    months: words('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'),
    weekdays: words('Mon Tue Wed Thu Fri Sat Sun'),
    date: dayFirst,
    dayMonth,
    withWeekday: weekdayFirst,
    withTime: commaTime,
    notKnown: 'not known',
    noQuote: 'no quote',
  },
  az: {
    group: '.',
    decimal: ',',
    percent: (digits) => `${digits}%`,
    minute: spaced('dəq'),
    hour: spaced('saat'),
    day: spaced('gün'),
    tonne: spaced('t'),
    kilogram: spaced('kq'),
    kilometre: spaced('km'),
    months: words('yan fev mar apr may iyn iyl avq sen okt noy dek'),
    weekdays: words('B.e. Ç.a. Ç. C.a. C. Ş. B.'),
    date: dayFirst,
    dayMonth,
    withWeekday: weekdayLast,
    withTime: commaTime,
    notKnown: 'məlum deyil',
    noQuote: 'qiymət təklifi yoxdur',
  },
  zh: {
    group: ',',
    decimal: '.',
    percent: (digits) => `${digits}%`,
    minute: spaced('分钟'),
    hour: spaced('小时'),
    day: spaced('天'),
    tonne: spaced('吨'),
    kilogram: spaced('千克'),
    kilometre: spaced('公里'),
    months: words('1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月'),
    weekdays: words('周一 周二 周三 周四 周五 周六 周日'),
    date: (day, month, year) => `${year}年${month}${day}日`,
    dayMonth: (day, month) => `${month}${day}日`,
    withWeekday: (weekday, date) => `${date}（${weekday}）`,
    withTime: (date, time) => `${date}${NBSP}${time}`,
    notKnown: '未知',
    noQuote: '无报价',
  },
  ru: {
    group: NBSP,
    decimal: ',',
    percent: (digits) => `${digits}${NBSP}%`,
    minute: spaced('мин'),
    hour: spaced('ч'),
    day: spaced('сут.'),
    tonne: spaced('т'),
    kilogram: spaced('кг'),
    kilometre: spaced('км'),
    months: words('янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.'),
    weekdays: words('пн вт ср чт пт сб вс'),
    date: dayFirst,
    dayMonth,
    withWeekday: (weekday, date) => `${weekday},${NBSP}${date}`,
    withTime: commaTime,
    notKnown: 'не известно',
    noQuote: 'нет ставки',
  },
  tr: {
    group: '.',
    decimal: ',',
    percent: (digits) => `%${digits}`,
    minute: spaced('dk'),
    hour: spaced('sa'),
    day: spaced('gün'),
    tonne: spaced('t'),
    kilogram: spaced('kg'),
    kilometre: spaced('km'),
    months: words('Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara'),
    weekdays: words('Pzt Sal Çar Per Cum Cmt Paz'),
    date: dayFirst,
    dayMonth,
    withWeekday: weekdayLast,
    withTime: commaTime,
    notKnown: 'bilinmiyor',
    noQuote: 'fiyat teklifi yok',
  },
};
