/** Every folder here is a verb; this file names none of them. */
import type { Verb } from '../app/verb';

const found = import.meta.glob<{ verb: Verb }>('./*/index.ts', { eager: true });

export const VERBS: readonly Verb[] = Object.values(found)
  .map((each) => each.verb)
  .sort((a, b) => a.order - b.order);
