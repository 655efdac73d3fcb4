/** Asking the server. Every failure is an Asked error with the server's own parts, or says that it is offline. */
import type { ApiFault } from './types';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly faults: ApiFault[],
    readonly title: string,
  ) {
    super(faults.map((fault) => fault.what).join('; ') || title);
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

export interface Asking {
  body?: unknown;
  signal?: AbortSignal;
  method?: string;
  headers?: Record<string, string>;
}

export async function request(path: string, asking: Asking = {}): Promise<Response> {
  const { body, signal, headers } = asking;
  let response: Response;
  try {
    response = await fetch(path, {
      method: asking.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, [], 'offline');
  }
  if (!response.ok) throw await problem(response);
  return response;
}

export async function ask<T>(path: string, asking: Asking = {}): Promise<T> {
  const response = await request(path, asking);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

async function problem(response: Response): Promise<ApiError> {
  try {
    const told = (await response.json()) as { faults?: ApiFault[]; title?: string; detail?: string };
    const faults = told.faults ?? (told.detail ? [{ code: 'unknown', what: told.detail }] : []);
    return new ApiError(response.status, faults, told.title ?? String(response.status));
  } catch {
    return new ApiError(response.status, [], `${response.status} ${response.statusText}`);
  }
}

const kept = new Map<string, Promise<unknown>>();

/** A look-up that stays the same while the page is open. */
export function lookUp<T>(path: string): Promise<T> {
  const held = kept.get(path);
  if (held) return held as Promise<T>;
  const made = ask<T>(path);
  kept.set(path, made);
  made.catch(() => kept.delete(path));
  return made;
}
