// Small pieces of style expressions. Theme, view and what is hidden are global state, so that changing them repaints
// without loading anything again.
import type { ExpressionSpecification } from 'maplibre-gl';
import { CLASSES, corridorToken, DASHES, MODE_TOKENS, MODES, type View } from './patterns';
import { PALETTE, type Token } from './palette';

export type Expr = ExpressionSpecification;

export const state = (name: string): Expr => ['global-state', name];

export function themed(token: Token): Expr {
  const [light, dark] = PALETTE[token];
  return ['case', ['==', state('theme'), 'dark'], dark, light];
}

/** A `match` from pairs; typed by hand because its tuple type cannot be spread. */
export function match(input: Expr, pairs: readonly (readonly [string, unknown])[], otherwise: unknown): Expr {
  return ['match', input, ...pairs.flat(), otherwise] as unknown as Expr;
}

const MODE_HUE = match(['get', 'mode'], MODES.map((mode) => [mode, themed(MODE_TOKENS[mode])] as const), themed('ink-3'));
const CORRIDORS = ['middle', 'northern', 'southern', 'ocean_suez', 'ocean_cape'];
const CORRIDOR_HUE = match(['get', 'corridor'], CORRIDORS.map((one) => [one, themed(corridorToken(one))] as const), themed('corridor-other'));

type LinkView = 'gauge' | 'electrification' | 'capacity';
const LINK_VIEWS: LinkView[] = ['gauge', 'electrification', 'capacity'];
const hueOfClass = (view: LinkView): Expr =>
  match(['get', view], CLASSES[view].map(({ id, token }) => [id, themed(token)] as const), themed('gauge-unknown'));
const widthOfClass = (view: LinkView): Expr => match(['get', view], CLASSES[view].map(({ id, width }) => [id, width] as const), 1.5);

// Where hue tells corridors, the network behind them has none.
export const LINK_HUE = match(state('view'), [...LINK_VIEWS.map((view) => [view, hueOfClass(view)] as const), ['corridor', themed('ink-3')]], MODE_HUE);
export const ROUTE_HUE = match(state('view'), [['corridor', CORRIDOR_HUE]], MODE_HUE);

const BY_MODE: Expr = ['match', ['get', 'mode'], 'road', 0.9, 1.8];
const WIDTH_AT_6 = match(state('view'), LINK_VIEWS.map((view) => [view, widthOfClass(view)] as const), BY_MODE);
const HOVERED: Expr = ['case', ['boolean', ['feature-state', 'hover'], false], 1, 0];
const STRONG: Expr = ['case', ['==', state('strong'), true], 1.5, 1];

/** Width by zoom; `more` is added on both sides together. */
export function linkWidth(more = 0): Expr {
  const at = (factor: number): Expr => ['+', ['*', WIDTH_AT_6, factor, STRONG], HOVERED, more];
  return ['interpolate', ['linear'], ['zoom'], 3, at(0.6), 6, at(1), 9, at(1.6)];
}

export function routeWidth(selected: number, others: number): Expr {
  return ['+', ['case', ['get', 'selected'], selected, ['get', 'ghost'], 1.5, others], HOVERED];
}

const literal = (dash: readonly number[]): Expr => ['literal', [...dash]];
const BASE_DASH = match(['get', 'dash'], Object.entries(DASHES).map(([name, dash]) => [name, literal(dash)] as const), literal(DASHES.rail));
const unlessUnknown = (view: LinkView): Expr => ['case', ['==', ['get', view], 'unknown'], literal(DASHES.unknown), BASE_DASH];
export const LINK_DASH = match(state('view'), LINK_VIEWS.map((view) => [view, unlessUnknown(view)] as const), BASE_DASH);
export const ROUTE_DASH = BASE_DASH;

/** What the legend has switched off, told as "view:class". */
export function shown(...prefixes: (View | 'state' | 'shape')[]): Expr {
  const hidden: Expr = ['array', state('hidden')];
  const tests = prefixes.map((prefix): Expr => ['!', ['in', ['concat', `${prefix}:`, ['get', prefix]], hidden]]);
  return ['all', ...tests] as unknown as Expr;
}

export function opacity(faded: Expr): Expr {
  return ['case', ['==', state('strong'), true], 1, faded];
}
