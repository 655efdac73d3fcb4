/** Places of the model in the language of the page; fleets and what this build has no words for stay in English. */
import { has } from '../../lib/i18n/index.svelte';
import { t, type TextKey } from '../../text/text.svelte';
import type { PlaceRow, SimulateAnswer } from './types';

export interface Named {
  readonly text: string;
  /** Not in the language of the page. */
  readonly english: boolean;
}

const keyOf = (area: string, code: string) => `sim.${area}.${code.replaceAll(/[ -]/g, '_')}`;
const own = (text: string): Named => ({ text, english: false });

function leg(place: PlaceRow): Named {
  const key = keyOf('by', place.by);
  return has(key) ? own(t('sim.leg', { by: t(key as TextKey), from: place.terminal, to: place.to })) : { text: place.words, english: true };
}

export class PlaceNames {
  private readonly places: ReadonlyMap<string, PlaceRow>;

  constructor(answer: SimulateAnswer) {
    this.places = new Map(answer.places.map((each) => [`${each.kind} ${each.place}`, each]));
  }

  of(kind: string, name: string): Named {
    const place = this.places.get(`${kind} ${name}`);
    if (!place) return { text: name, english: true };
    if (place.kind === 'gate') return place.terminal ? own(t('sim.shut', { name: place.terminal })) : { text: place.words, english: true };
    if (place.role === 'leg') {
      const told = leg(place);
      return place.kind === 'bay' && !told.english ? own(t('sim.bay', { what: told.text })) : told;
    }
    if (place.role === 'turn') return own(t('sim.turn', { what: leg(place).text }));
    const key = keyOf('role', place.role.startsWith('entry of trains') ? 'entry of trains' : place.role);
    return place.terminal && has(key) ? own(t('sim.at', { place: place.terminal, what: t(key as TextKey) })) : { text: place.words, english: true };
  }

  row(kind: string, name: string): PlaceRow | undefined {
    return this.places.get(`${kind} ${name}`);
  }
}
