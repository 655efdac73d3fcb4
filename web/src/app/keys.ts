/** Keys that work from anywhere. Single letters are off in fields and can be switched off. */
import { answers } from '../shipment/answers.svelte';
import { shortSignature } from '../scenario/marks';
import { sorted } from '../shipment/sorting';
import { app, choices, detailsShown, narrow, overlay } from './session.svelte';

const REGIONS = ['header', 'panel', 'map', 'details'] as const;
const TAKES_FOCUS = 'a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]';

export function keyboard(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key === 'F6') {
    event.preventDefault();
    nextRegion(event.shiftKey ? -1 : 1);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
    // In a text field the browser's own undo is what people mean.
    if (event.target instanceof HTMLInputElement && event.target.type === 'text') return;
    event.preventDefault();
    if (event.shiftKey) app.redo();
    else app.undo();
  } else if (event.key === 'Escape') {
    escape(event);
  } else if (!typing && choices.singleKeys && !event.ctrlKey && !event.metaKey && !event.altKey) {
    single(event);
  }
}

function escape(event: KeyboardEvent): void {
  if (overlay.open) overlay.close();
  else if (app.get('pick')) app.go({ pick: '' });
  else if (detailsShown(app.get('view'))) app.go({ view: narrow.now ? '' : '0' });
  else return;
  event.preventDefault();
}

function single(event: KeyboardEvent): void {
  const act = ACTS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

const ACTS: Record<string, () => void> = {
  '/': () => document.querySelector<HTMLElement>('[data-first-field]')?.focus(),
  '?': () => overlay.toggle('keys'),
  s: () => overlay.toggle('scenario'),
  l: () => overlay.toggle('layers'),
  i: () => app.go({ pick: '', view: detailsShown(app.get('view')) ? '0' : '1' }),
  '[': () => step(-1),
  ']': () => step(1),
};

/** The route before or after the selected one, in the order of the cards. */
function step(by: number): void {
  const routes = sorted(answers.routes, app.get('sort'));
  const at = routes.findIndex((route) => route === answers.selected);
  const next = routes[(at + by + routes.length) % routes.length];
  if (next) app.go({ route: shortSignature(next) });
}

function nextRegion(by: number): void {
  const regions = REGIONS.map((name) => document.querySelector<HTMLElement>(`[data-region="${name}"]`)).filter(
    (each): each is HTMLElement => each !== null && getComputedStyle(each).visibility !== 'hidden',
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + by + regions.length) % regions.length];
  next?.querySelector<HTMLElement>(TAKES_FOCUS)?.focus();
}
