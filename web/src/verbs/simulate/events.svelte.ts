/** The named events, in the language of the page where it has words for them. */
import { lookUp } from '../../app/api';
import { has, t, type TextKey } from '../../text/text.svelte';
import type { Named } from './names';

export interface NamedEvent {
  event: string;
  name: string;
  description: string;
  begins: string | null;
  ends: string | null;
  places: string[];
}

class Events {
  list = $state.raw<readonly NamedEvent[]>([]);
  private year = '';

  read(year: string): void {
    if (year === this.year) return;
    this.year = year;
    void lookUp<{ items: NamedEvent[] }>(`/v1/events?year=${year}`).then(
      ({ items }) => this.year === year && (this.list = items),
      () => (this.year = ''),
    );
  }
}

export const events = new Events();

const worded = (key: string, english: string): Named => (has(key) ? { text: t(key as TextKey), english: false } : { text: english, english: true });
/** An event by what the server calls it. */
export function eventName(name: string): Named {
  const event = events.list.find((each) => each.name === name || each.event === name);
  return event ? worded(`sim.event.${event.event}`, event.name) : { text: name, english: true };
}
export const eventAbout = (event: NamedEvent): Named => worded(`sim.about.${event.event}`, event.description);
