import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { expect, test } from 'vitest';
import { mapStyle, PICKABLE, SOURCES } from './style';

const style = mapStyle({ theme: 'light', view: 'mode', dim: false, strong: false, hidden: [] });

test('the style is one that MapLibre takes', () => expect(validateStyleMin(style).map((fault) => fault.message)).toEqual([]));

test('layers and sources keep to the budget', () => {
  expect(style.layers.length).toBeLessThanOrEqual(14);
  expect(SOURCES.length).toBeLessThanOrEqual(5);
});

test('letters come from the fonts of the page', () => expect(style.glyphs).toBeUndefined());

test('what can be picked is drawn', () => {
  const drawn = style.layers.map((layer) => layer.id);
  for (const layer of PICKABLE) expect(drawn).toContain(layer);
});
