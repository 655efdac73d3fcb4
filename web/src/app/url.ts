/** The URL holds every state: the path is the verb, the query everything that changes what is seen. */

export type Values = Readonly<Record<string, string>>;

export interface Field {
  readonly key: string;
  readonly default: string;
  /** The canonical text, or null where the text is not one that is accepted. */
  readonly read?: (text: string) => string | null;
  /** Key of the sentence that says what is accepted. */
  readonly accepted?: string;
}

export interface BadValue {
  readonly key: string;
  readonly got: string;
  readonly used: string;
  readonly accepted: string;
}

export interface Read {
  readonly values: Values;
  readonly bad: readonly BadValue[];
}

/** What a query says. Nothing is dropped in silence: unknown keys and bad values are told. */
export function readQuery(search: string, fields: readonly Field[]): Read {
  const params = new URLSearchParams(search);
  const values: Record<string, string> = {};
  const bad: BadValue[] = [];
  for (const field of fields) {
    values[field.key] = field.default;
    const got = params.get(field.key);
    if (got === null) continue;
    const read = field.read ? field.read(got) : got;
    if (read === null)
      bad.push({ key: field.key, got, used: field.default, accepted: field.accepted ?? '' });
    else values[field.key] = read;
  }
  const known = new Set(fields.map((field) => field.key));
  for (const key of new Set(params.keys())) {
    if (!known.has(key)) bad.push({ key, got: params.get(key) ?? '', used: '', accepted: '' });
  }
  return { values, bad };
}

/** The query of a state: keys in the order of the fields, defaults left out. */
export function writeQuery(values: Values, fields: readonly Field[]): string {
  const parts: string[] = [];
  for (const field of fields) {
    const value = values[field.key] ?? field.default;
    if (value !== field.default) parts.push(`${field.key}=${encode(value)}`);
  }
  return parts.length ? `?${parts.join('&')}` : '';
}

/** Percent-encoding that leaves what reads well and is safe in a query. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/%2C/g, ',')
    .replace(/%3A/g, ':')
    .replace(/%2F/g, '/')
    .replace(/%40/g, '@');
}

export function oneOf(...accepted: readonly string[]): (text: string) => string | null {
  return (text) => (accepted.includes(text) ? text : null);
}

export function numberText(text: string): string | null {
  if (text === '') return '';
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? String(value) : null;
}

/** A day as 2027-01-31 that exists in the calendar. */
export function dayText(text: string): string | null {
  if (text === '') return '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null;
}

/** Boxes as 40x40HC. */
export function boxesText(text: string): string | null {
  const found = /^(\d{1,5})x([0-9]{2}[A-Z]{0,2})$/i.exec(text.trim());
  return found && Number(found[1]) > 0 ? `${Number(found[1])}x${found[2]!.toUpperCase()}` : null;
}

export function mapText(text: string): string | null {
  const parts = text.split('/').map(Number);
  if (text === '') return '';
  return parts.length === 3 && parts.every(Number.isFinite) ? text : null;
}
