/** Answers of the server as files. */
import { save } from '$lib/save';
import { request } from './api';

export async function saveAnswer(name: string, path: string, body: unknown): Promise<void> {
  save(name, await (await request(path, { body })).blob());
}
