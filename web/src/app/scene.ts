/** What a verb puts on the map, in words that no map library knows. */
import type { Route } from './types';

export interface Scene {
  readonly colourBy: 'mode' | 'corridor';
  readonly routes: readonly Route[];
  /** Routes of the base, drawn thin and dotted where a scenario moved them. */
  readonly ghosts: readonly Route[];
  readonly selected: string | null;
  readonly select: (routeId: string) => void;
  /** One sentence about what is seen. */
  readonly sentence: string;
}
