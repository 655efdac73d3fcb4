export { default as TradeOff } from './TradeOff.svelte';
export { default as QuantileDots } from './QuantileDots.svelte';
export { default as Timeline } from './Timeline.svelte';
export { default as Waterfall } from './Waterfall.svelte';
export { carbonBars, costBars, type Bar } from './model/bars';
export { betterThan, frontier } from './model/pareto';
export type { TimelineRow } from './model/events';
export type * from './plan';
