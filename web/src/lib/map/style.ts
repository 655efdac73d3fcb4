// The one style of the map: twelve layers on five sources, themed by global state.
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { CLASSES, type View } from './patterns';
import type { Theme } from './palette';
import { LINK_DASH, LINK_HUE, linkWidth, match, opacity, ROUTE_DASH, ROUTE_HUE, routeWidth, shown, state, themed, type Expr } from './expressions';

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
export const SOURCES = ['land', 'links', 'terminals', 'routes', 'badges'] as const;
export type SourceId = (typeof SOURCES)[number];
/** Layers that a pointer may meet, the topmost first. */
export const PICKABLE = ['badges', 'terminals', 'route', 'links'] as const;

/** CSS families: without `glyphs` MapLibre draws letters with the fonts of the page. */
const FONT = ['Inter Variable', 'system-ui', 'Noto Sans', 'Noto Sans CJK SC', 'sans-serif'];
const LEAST_PX = 12;

const OFFSET: Expr = ['*', ['get', 'slot'], 5];
const LINK_OFFSET: Expr = ['*', ['get', 'slot'], 3];

const byTheme = (name: Expr): Expr => ['concat', name, '-', state('theme')];

const signOf = (open: string): Expr => byTheme(['match', ['get', 'state'], 'closed', 'cross', 'seasonal', 'calendar', open]);

const valueHue = (view: 'throughput' | 'delay'): Expr =>
  match(['get', view], CLASSES[view].map(({ id, token }) => [id, themed(token)] as const), themed('gauge-unknown'));

const SHIFTS = [0, 1, 2, 3, 4, 5];
const shift = (step: number, up: number): Expr =>
  ['match', ['get', 'place'], ...SHIFTS.flatMap((at) => [at, ['literal', [at * step, up]]]), ['literal', [0, up]]] as unknown as Expr;

const layers: LayerSpecification[] = [
  { id: 'water', type: 'background', paint: { 'background-color': themed('water') } },
  { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': themed('land'), 'fill-antialias': true } },
  {
    id: 'borders',
    type: 'line',
    source: 'land',
    paint: {
      'line-color': themed('border'),
      'line-width': ['interpolate', ['linear'], ['zoom'], 2, 0.4, 6, 0.9],
      'line-opacity': opacity(['literal', 0.7] as unknown as Expr),
    },
  },
  {
    // Outlines of what has changed or is overloaded, and the casing of roads.
    id: 'links-halo',
    type: 'line',
    source: 'links',
    filter: ['all', ['any', ['get', 'changed'], ['==', ['get', 'state'], 'overloaded'], ['==', ['get', 'mode'], 'road']], shown('mode', 'state')],
    paint: {
      'line-color': ['case', ['==', ['get', 'state'], 'overloaded'], themed('worse'), ['get', 'changed'], themed('ink'), themed('surface')],
      'line-width': linkWidth(4),
      'line-opacity': ['case', ['any', ['get', 'changed'], ['==', ['get', 'state'], 'overloaded']], 1, 0.5],
      'line-offset': LINK_OFFSET,
    },
  },
  {
    id: 'links',
    type: 'line',
    source: 'links',
    filter: shown('mode', 'state', 'gauge', 'electrification', 'capacity') as never,
    layout: { 'line-join': 'miter' },
    paint: {
      'line-color': LINK_HUE,
      'line-width': linkWidth(),
      'line-dasharray': LINK_DASH,
      'line-offset': LINK_OFFSET,
      'line-opacity': opacity([
        'case',
        ['==', ['get', 'state'], 'closed'], 0.45,
        ['in', state('view'), ['literal', ['gauge', 'electrification', 'capacity']]], ['case', ['==', ['get', 'gauge'], 'none'], 0.25, 1],
        ['==', state('dim'), true], 0.4,
        0.8,
      ]),
    },
  },
  {
    id: 'link-signs',
    type: 'symbol',
    source: 'links',
    filter: ['all', ['any', ['in', ['get', 'state'], ['literal', ['closed', 'seasonal']]], ['==', ['get', 'mode'], 'rail']], shown('mode', 'state')],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 80,
      // Ticks of a railway from zoom 6, signs of a state always.
      'icon-image': ['step', ['zoom'], signOf('none'), 6, signOf('tick')],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
  },
  {
    id: 'route-casing',
    type: 'line',
    source: 'routes',
    filter: ['==', ['get', 'selected'], true],
    layout: { 'line-join': 'miter' },
    paint: { 'line-color': themed('surface'), 'line-width': 9, 'line-offset': OFFSET },
  },
  {
    id: 'route',
    type: 'line',
    source: 'routes',
    layout: { 'line-join': 'miter' },
    paint: {
      'line-color': ROUTE_HUE,
      'line-width': routeWidth(4, 2),
      'line-dasharray': ROUTE_DASH,
      'line-offset': OFFSET,
      'line-opacity': opacity(['case', ['get', 'selected'], 1, ['boolean', ['feature-state', 'hover'], false], 1, 0.6]),
    },
  },
  {
    id: 'terminal-values',
    type: 'circle',
    source: 'terminals',
    filter: ['all', ['<=', ['get', 'from'], ['zoom']], ['in', state('view'), ['literal', ['throughput', 'delay']]]],
    paint: {
      'circle-color': match(state('view'), [['delay', valueHue('delay')]], valueHue('throughput')),
      'circle-radius': ['+', ['/', ['get', 'size'], 2], 5],
      'circle-stroke-color': themed('ink'),
      'circle-stroke-width': 1,
    },
  },
  {
    id: 'terminals',
    type: 'symbol',
    source: 'terminals',
    filter: ['all', ['<=', ['get', 'from'], ['zoom']], shown('shape')],
    layout: {
      'icon-image': byTheme(['concat', ['get', 'shape'], ['case', ['get', 'hollow'], '-hollow', '-full']]),
      'icon-size': ['/', ['get', 'size'], 22],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'symbol-sort-key': ['get', 'rank'],
      'text-field': ['step', ['zoom'], ['case', ['<=', ['get', 'labelFrom'], 3], ['get', 'name'], ''], 5, ['case', ['<=', ['get', 'labelFrom'], 5], ['get', 'name'], ''], 6, ['case', ['<=', ['get', 'labelFrom'], 6], ['get', 'name'], ''], 7, ['get', 'name']],
      'text-font': FONT,
      'text-size': LEAST_PX,
      'text-optional': true,
      'text-variable-anchor': ['left', 'right', 'top', 'bottom', 'top-left', 'bottom-right'],
      // Names stand clear of the ring that a playback draws around a terminal.
      'text-radial-offset': ['/', ['+', ['get', 'size'], ['case', ['==', state('ringed'), true], 18, 6]], 24],
      'text-justify': 'auto',
      'text-max-width': 9,
    },
    paint: { 'text-color': themed('ink'), 'text-halo-color': themed('land'), 'text-halo-width': 1.5 },
  },
  {
    id: 'link-notes',
    type: 'symbol',
    source: 'links',
    filter: ['all', ['any', ['get', 'changed'], ['!=', ['get', 'load'], '']], shown('mode', 'state')],
    layout: {
      'symbol-placement': 'line-center',
      'text-field': ['concat', ['case', ['get', 'changed'], 'Δ ', ''], ['get', 'load']],
      'text-font': FONT,
      'text-size': LEAST_PX,
      'text-rotation-alignment': 'viewport',
      'text-offset': [0, -1],
      'text-allow-overlap': true,
    },
    paint: {
      'text-color': ['case', ['==', ['get', 'state'], 'overloaded'], themed('worse'), themed('ink')],
      'text-halo-color': themed('surface'),
      'text-halo-width': 2,
    },
  },
  {
    id: 'badges',
    type: 'symbol',
    source: 'badges',
    layout: {
      'icon-image': byTheme(['case', ['get', 'selected'], 'badge-selected', 'badge']),
      'icon-allow-overlap': true,
      'icon-offset': shift(21, -20),
      'text-field': ['get', 'id'],
      'text-font': FONT,
      'text-size': LEAST_PX,
      'text-offset': shift(21 / LEAST_PX, -20 / LEAST_PX),
      'text-allow-overlap': true,
    },
    paint: { 'text-color': ['case', ['get', 'selected'], match(state('theme'), [['dark', '#0b1520']], '#ffffff'), themed('ink')] },
  },
];

export interface Look {
  theme: Theme;
  view: View;
  /** Fades the network behind planned routes. */
  dim: boolean;
  /** Something is drawn over the terminals. */
  ringed?: boolean;
  /** More contrast: thicker, nothing see-through. */
  strong: boolean;
  hidden: string[];
}

export function mapStyle(look: Look): StyleSpecification {
  return {
    version: 8,
    state: Object.fromEntries(Object.entries({ ringed: false, ...look }).map(([name, value]) => [name, { default: value }])),
    sources: Object.fromEntries(
      SOURCES.map((id) => [id, { type: 'geojson', data: NOTHING, promoteId: 'id', tolerance: 0.3, ...(id === 'land' ? { maxzoom: 6 } : {}) }]),
    ),
    layers,
  };
}
