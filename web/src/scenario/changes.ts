/** Changes of a scenario: in the URL, and what the API is told. Pure. */
import type { Cells, Change } from '../app/types';

/** A change in the list of the scenario; one that is switched off stays in it. */
export interface Listed {
  readonly change: Change;
  readonly off: boolean;
}

const LETTERS: Record<Change['operation'], string> = {
  set: 's',
  scale: 'x',
  close: 'c',
  add: 'a',
  remove: 'r',
};
const OPERATIONS = Object.fromEntries(
  Object.entries(LETTERS).map(([operation, letter]) => [letter, operation]),
) as Record<string, Change['operation']>;

/** Short text for a link: a change is letter:table:key:column:value:from:until, ! before one that is off. */
export function writeChanges(list: readonly Listed[]): string {
  return list.map(({ change, off }) => (off ? '!' : '') + writeOne(change)).join('~');
}

function writeOne(change: Change): string {
  const cells = [
    LETTERS[change.operation],
    change.table,
    change.key,
    change.column ?? '',
    text(change.value),
    change.from ?? '',
    change.until ?? '',
  ].map((cell) => cell.replace(/[:~%!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`));
  while (cells.length > 3 && cells.at(-1) === '') cells.pop();
  return cells.join(':');
}

function text(value: Change['value']): string {
  return value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The list of a text, or null where the text is no list of changes. */
export function readChanges(text: string): Listed[] | null {
  if (text === '') return [];
  const list: Listed[] = [];
  for (const part of text.split('~')) {
    const off = part.startsWith('!');
    const change = readOne(off ? part.slice(1) : part);
    if (change === null) return null;
    list.push({ change, off });
  }
  return list;
}

function readOne(text: string): Change | null {
  let cells: string[];
  try {
    cells = text.split(':').map((cell) => decodeURIComponent(cell));
  } catch {
    return null;
  }
  const [letter = '', table = '', key = '', column = '', value = '', from = '', until = ''] = cells;
  const operation = OPERATIONS[letter];
  if (!operation || !table || !key || cells.length > 7) return null;
  const row = operation === 'add' ? readRow(value) : undefined;
  if (row === null) return null;
  const number = value === '' ? NaN : Number(value);
  if (operation === 'scale' && !Number.isFinite(number)) return null;
  if ((operation === 'set' || operation === 'scale') && (column === '' || value === '')) return null;
  return {
    operation,
    table,
    key,
    ...(column ? { column } : {}),
    ...(value === '' ? {} : { value: row ?? (Number.isFinite(number) ? number : value) }),
    ...(from ? { from } : {}),
    ...(until ? { until } : {}),
  };
}

/** The row that an added one is told as, or null where the text is none. */
function readRow(text: string): Cells | null {
  try {
    const row: unknown = JSON.parse(text);
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Cells) : null;
  } catch {
    return null;
  }
}

/** What the API is asked: only what is switched on; null where nothing is. */
export function scenarioForm(name: string, list: readonly Listed[]): { name: string; change: Change[] } | null {
  const change = list.filter((each) => !each.off).map((each) => each.change);
  return change.length ? { name, change } : null;
}

/** The list with one change added; a second change of the same cell replaces the first. */
export function withChange(list: readonly Listed[], change: Change): Listed[] {
  const same = (other: Change) =>
    other.table === change.table &&
    other.key === change.key &&
    (other.column ?? '') === (change.column ?? '') &&
    (other.operation === 'close') === (change.operation === 'close');
  const at = list.findIndex((each) => same(each.change));
  const made = { change, off: false };
  return at < 0 ? [...list, made] : list.map((each, index) => (index === at ? made : each));
}

export function sameChanges(a: readonly Listed[], b: readonly Listed[]): boolean {
  return writeChanges(a) === writeChanges(b);
}
