/** Sources as a file, to lie beside the figures that rest on them. */
import { save } from '$lib/save';
import type { Source } from '../app/types';

const COLUMNS = ['source_id', 'title', 'publisher', 'date', 'url'] as const;

export function saveSources(name: string, sources: readonly Source[]): void {
  const quoted = (text: string | null) => `"${(text ?? '').replaceAll('"', '""')}"`;
  const rows = sources.map((each) => COLUMNS.map((column) => quoted(each[column])).join(','));
  save(name, new Blob([[COLUMNS.join(','), ...rows].join('\r\n')], { type: 'text/csv' }));
}
