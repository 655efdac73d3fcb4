export { default as FreightMap } from './FreightMap.svelte';
export { default as StaticMap } from './StaticMap.svelte';
export type { Camera, Padding, Pick, PickKind } from './controller';
export type { Caption } from './export';
export type { Marks } from './features';
export type { Entry } from './legend';
export { VIEWS, type LinkState, type MapMode, type View } from './patterns';
