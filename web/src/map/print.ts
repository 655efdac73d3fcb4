/** What the map holds, drawn again on paper as lines; the map region gives it when it is asked. */
import type { ComponentProps } from 'svelte';
import type StaticMap from '$lib/map/StaticMap.svelte';

export type Drawing = Pick<ComponentProps<typeof StaticMap>, 'land' | 'links' | 'terminals' | 'routes' | 'badges' | 'view'>;

export const printMap: { drawing: () => Drawing | null } = { drawing: () => null };
