/** Words of the app: the dictionaries and the writing of numbers, with keys that may be put together. */
import { type Key, type Lang, f, has, language, setLang, startLang, t as typed, term } from '$lib/i18n/index.svelte';

export { has, language, setLang, startLang, type Lang };
export type TextKey = Key;
export type Slots = Readonly<Record<string, string | number>>;

/** A sentence with its named slots filled. */
export const t = typed as (key: TextKey, slots?: Slots) => string;
/** The word of a code of the tables; the code itself where there is none. */
export const word = term as (area: string, code: string) => string;
/** How numbers and dates are written now. */
export const fmt = f;
