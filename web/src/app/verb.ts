/** What a verb declares. One folder in verbs/ a verb; nothing else names it. */
import type { Component } from 'svelte';
import type { Overlay, Scene } from './scene';
import type { Field } from './url';
import type { TextKey } from '../text/text.svelte';

export interface Verb {
  readonly id: string;
  /** Verb of the API without which this one is not shown. */
  readonly needs: string;
  readonly group: 'ship' | 'operate' | 'decide';
  /** Place in the order of all verbs, which never changes. */
  readonly order: number;
  /** Path of a 20 x 20 picture. */
  readonly icon: string;
  readonly title: TextKey;
  readonly fields: readonly Field[];
  readonly panel: () => Promise<{ default: Component }>;
  readonly details?: () => Promise<{ default: Component }>;
  /** Whether there is something to show in the details. */
  readonly hasDetails?: () => boolean;
  /** What the map shows, and the first line of its legend. */
  readonly scene: () => Scene;
  readonly legend: TextKey;
  /** What it draws over the map itself. */
  readonly overlay?: () => Promise<{ default: Overlay }>;
}
