// The time zone of a place. Terminals carry their country, not their zone; where a country has several the
// longitude decides.

const ZONES: Record<string, string> = {
  AE: 'Asia/Dubai', AF: 'Asia/Kabul', AL: 'Europe/Tirane', AM: 'Asia/Yerevan', AT: 'Europe/Vienna',
  AZ: 'Asia/Baku', BA: 'Europe/Sarajevo', BE: 'Europe/Brussels', BG: 'Europe/Sofia', BY: 'Europe/Minsk',
  CH: 'Europe/Zurich', CN: 'Asia/Shanghai', CY: 'Asia/Nicosia', CZ: 'Europe/Prague', DE: 'Europe/Berlin',
  DK: 'Europe/Copenhagen', EE: 'Europe/Tallinn', EG: 'Africa/Cairo', ES: 'Europe/Madrid',
  FI: 'Europe/Helsinki', FR: 'Europe/Paris', GB: 'Europe/London', GE: 'Asia/Tbilisi', GR: 'Europe/Athens',
  HK: 'Asia/Hong_Kong', HR: 'Europe/Zagreb', HU: 'Europe/Budapest', IE: 'Europe/Dublin',
  IL: 'Asia/Jerusalem', IN: 'Asia/Kolkata', IQ: 'Asia/Baghdad', IR: 'Asia/Tehran', IT: 'Europe/Rome',
  JP: 'Asia/Tokyo', KG: 'Asia/Bishkek', KR: 'Asia/Seoul', KZ: 'Asia/Almaty', LA: 'Asia/Vientiane',
  LT: 'Europe/Vilnius', LV: 'Europe/Riga', MA: 'Africa/Casablanca', MD: 'Europe/Chisinau',
  ME: 'Europe/Podgorica', MK: 'Europe/Skopje', MN: 'Asia/Ulaanbaatar', MT: 'Europe/Malta',
  MY: 'Asia/Kuala_Lumpur', NL: 'Europe/Amsterdam', NO: 'Europe/Oslo', PK: 'Asia/Karachi',
  PL: 'Europe/Warsaw', PT: 'Europe/Lisbon', RO: 'Europe/Bucharest', RS: 'Europe/Belgrade',
  SA: 'Asia/Riyadh', SE: 'Europe/Stockholm', SG: 'Asia/Singapore', SI: 'Europe/Ljubljana',
  SK: 'Europe/Bratislava', SY: 'Asia/Damascus', TH: 'Asia/Bangkok', TJ: 'Asia/Dushanbe',
  TM: 'Asia/Ashgabat', TR: 'Europe/Istanbul', UA: 'Europe/Kyiv', UZ: 'Asia/Tashkent',
  VN: 'Asia/Ho_Chi_Minh',
};

/** From the west, each zone of Russia up to a longitude; a freight train there keeps Moscow time, a reader
 * asks for the clock on the wall. */
const RUSSIA: readonly (readonly [number, string])[] = [
  [23, 'Europe/Kaliningrad'],
  [48, 'Europe/Moscow'],
  [54, 'Europe/Samara'],
  [70, 'Asia/Yekaterinburg'],
  [76, 'Asia/Omsk'],
  [97, 'Asia/Krasnoyarsk'],
  [110, 'Asia/Irkutsk'],
  [120, 'Asia/Chita'],
  [180, 'Asia/Vladivostok'],
];

/** UTC where nothing is known of the place, which the offset beside each date then says. */
export function zoneOf(country: string | null | undefined, lon?: number | null): string {
  if (country === 'RU') {
    return RUSSIA.find(([east]) => (lon ?? 40) < east)?.[1] ?? 'Europe/Moscow';
  }
  return (country && ZONES[country]) || 'UTC';
}
