/** What a verb puts on the map, in words that no map library knows. */
import type { Component } from 'svelte';
import type { Route } from './types';

/** What a verb that draws over the map is told of it. */
export interface Ground {
  /** Pixels of a longitude and latitude. */
  readonly project: (point: readonly [lon: number, lat: number]) => readonly [x: number, y: number];
  /** Lines of links by their id, from the terminal where each begins. */
  readonly lines: ReadonlyMap<string, readonly (readonly [number, number])[]>;
  readonly width: number;
  readonly height: number;
}
export type Overlay = Component<{ ground: Ground }>;

export interface Scene {
  readonly colourBy: 'mode' | 'corridor';
  readonly routes: readonly Route[];
  /** Routes of the base, drawn thin and dotted where a scenario moved them. */
  readonly ghosts: readonly Route[];
  readonly selected: string | null;
  readonly select: (routeId: string) => void;
  /** Day whose network is drawn; that of the shipment without one. */
  readonly day?: string;
  /** What is seen where there is no route: west, south, east, north. */
  readonly bounds?: readonly [number, number, number, number];
  /** Height of what the verb itself lays over the lower edge of a wide map, px. */
  readonly foot?: number;
  /** Whether the network stays in the background. */
  readonly quiet?: boolean;
  /** One sentence about what is seen. */
  readonly sentence: string;
}
