/** What is sent, from where, to where, until when: in the URL and as the API is asked. Pure. */
import { type Field, type Values, boxesText, dayText, numberText, oneOf } from '../app/url';
import type { TextKey } from '../text/text.svelte';

/** The worked example of a first visit: it is computed, not drawn. */
export const EXAMPLE = {
  from: 'Xi’an, CN',
  to: 'Budapest, HU',
  containers: '40x40HC',
  cargo: 'electronics',
  by: '35d',
} as const;

export const SHIPMENT_FIELDS: readonly Field[] = [
  { key: 'from', default: EXAMPLE.from },
  { key: 'to', default: EXAMPLE.to },
  { key: 'containers', default: EXAMPLE.containers, read: boxesText, accepted: 'accepted.containers' },
  { key: 'cargo', default: EXAMPLE.cargo, read: (text) => (/^[a-z0-9_]{1,40}$/.test(text) ? text : null) },
  { key: 'ready', default: '', read: dayText, accepted: 'accepted.day' },
  { key: 'by', default: EXAMPLE.by, read: deadlineText, accepted: 'accepted.deadline' },
  {
    key: 'best',
    default: 'balanced',
    read: oneOf('balanced', 'time', 'cost', 'carbon'),
    accepted: 'accepted.best',
  },
  { key: 'days', default: '', read: numberText, accepted: 'accepted.number' },
  { key: 'usd', default: '', read: numberText, accepted: 'accepted.number' },
  { key: 'kg', default: '', read: numberText, accepted: 'accepted.number' },
  { key: 'via', default: '' },
  { key: 'avoid', default: '' },
  { key: 'trucks', default: '', read: oneOf('', '1'), accepted: 'accepted.trucks' },
];

/** A day, or so many days after the cargo is ready, or none. */
export function deadlineText(text: string): string | null {
  if (text === 'none' || /^[1-9]\d{0,2}d$/.test(text)) return text;
  return text === '' ? null : dayText(text);
}

/** The day a deadline names. */
export function deadlineDay(by: string, ready: string): string {
  const days = /^(\d+)d$/.exec(by);
  if (!days) return by === 'none' ? '' : by;
  const at = new Date(`${ready}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return '';
  at.setUTCDate(at.getUTCDate() + Number(days[1]));
  return at.toISOString().slice(0, 10);
}

/** The day from which the example starts: two weeks from today. */
export function exampleReady(today: Date): string {
  return new Date(today.getTime() + 14 * 86_400_000).toISOString().slice(0, 10);
}

/** When the boxes are there so many hours after the cargo is ready. */
export function arrival(question: { readonly ready_at: string }, hours: number): Date {
  return new Date(Date.parse(question.ready_at) + hours * 3_600_000);
}

/** The question as the API takes it. */
export function planBody(values: Values): Record<string, unknown> {
  const at = (key: string) => values[key] ?? '';
  const list = (key: string) =>
    at(key)
      .split(';')
      .map((part) => part.trim())
      .filter(Boolean);
  const body: Record<string, unknown> = {
    origin: at('from'),
    destination: at('to'),
    containers: at('containers'),
    compare: true,
  };
  if (at('cargo')) body.commodity = at('cargo');
  if (at('ready')) body.depart = at('ready');
  if (at('by') && at('by') !== 'none') body.deadline = at('by');
  if (at('best') && at('best') !== 'balanced') body.by = at('best');
  if (at('days')) body.max_days = Number(at('days'));
  if (at('usd')) body.max_usd = Number(at('usd'));
  if (at('kg')) body.max_kg = Number(at('kg'));
  if (list('via').length) body.via = list('via');
  if (list('avoid').length) body.avoid = list('avoid');
  if (at('trucks')) body.trucks = true;
  return body;
}

/** What the form calls its fields. */
export const FIELD_LABEL: Readonly<Record<string, TextKey>> = {
  from: 'form.origin',
  to: 'form.destination',
  containers: 'form.boxes',
  cargo: 'form.commodity',
  ready: 'form.ready',
  by: 'form.deadline',
  days: 'limit.days',
  usd: 'limit.usd',
  kg: 'limit.kg',
  via: 'limit.via',
  avoid: 'limit.avoid',
};

/** Where the server's word for a field stands in the form. */
export const FORM_FIELD: Readonly<Record<string, string>> = {
  origin: 'from',
  destination: 'to',
  containers: 'containers',
  commodity: 'cargo',
  depart: 'ready',
  deadline: 'by',
  max_days: 'days',
  max_usd: 'usd',
  max_kg: 'kg',
  via: 'via',
  avoid: 'avoid',
};
