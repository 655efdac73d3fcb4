/** Saving what was made, or fetched, as a file. */
import { request } from './api';

export function save(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function saveAnswer(name: string, path: string, body: unknown): Promise<void> {
  const response = await request(path, { body });
  save(name, response.headers.get('content-type') ?? 'application/octet-stream', await response.text());
}
