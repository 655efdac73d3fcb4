// Which language a reader gets: that of the link, else the one kept in this browser, else what the browser asks for.
import { LANGS, type Lang } from '../format';

const KEPT = 'midcorridor.lang';

export function langOf(tag: string | null | undefined): Lang | null {
  const base = tag?.toLowerCase().split('-')[0];
  return LANGS.find((lang) => lang === base) ?? null;
}

export function chooseLang(search: string, kept: string | null, asked: readonly string[]): Lang {
  const named = langOf(new URLSearchParams(search).get('lang')) ?? langOf(kept);
  if (named) return named;
  for (const tag of asked) {
    const lang = langOf(tag);
    if (lang) return lang;
  }
  return 'en';
}

/** The choice for this browser. Private windows may refuse storage; then nothing is kept. */
export function chosenHere(): Lang {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    kept = null;
  }
  return chooseLang(location.search, kept, navigator.languages);
}

export function keepLang(lang: Lang): void {
  try {
    localStorage.setItem(KEPT, lang);
  } catch {
    // The link still carries the language.
  }
}
