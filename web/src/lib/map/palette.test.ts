import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PALETTE, type Token } from './palette';

const css = readFileSync(new URL('../../theme.css', import.meta.url), 'utf8');
const block = (selector: string) => css.slice(css.indexOf(selector), css.indexOf('\n}', css.indexOf(selector)));
const tokensOf = (text: string) => Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
const THEMES = { light: tokensOf(block(':root {')), dark: tokensOf(block(":root[data-theme='dark']")) };

const channel = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const rgb = (hex: string) => [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255)) as [number, number, number];
const luminance = (hex: string) => {
  const [r, g, b] = rgb(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

// Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
const BLIND = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** CIELAB of a colour as somebody sees it. */
function lab(hex: string, seen: number[][]): [number, number, number] {
  const from = rgb(hex);
  const [r, g, b] = seen.map((row) => Math.min(1, Math.max(0, row.reduce((sum, part, i) => sum + part * (from[i] ?? 0), 0)))) as [number, number, number];
  const f = (v: number) => (v > 216 / 24389 ? Math.cbrt(v) : (v * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const apart = (a: string, b: string, seen: number[][]) => {
  const [p, q] = [lab(a, seen), lab(b, seen)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
};

test.each(Object.keys(PALETTE) as Token[])('%s is that of theme.css', (token) => {
  expect(PALETTE[token]).toEqual([THEMES.light[token], THEMES.dark[token]]);
});

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const tokens = THEMES[theme];
  const of = (name: string) => tokens[name] ?? `no token ${name}`;
  const named = (prefix: string) => Object.keys(tokens).filter((name) => name.startsWith(prefix));

  test.each(['ink', 'ink-2', 'ink-3', 'accent', 'better', 'worse', 'danger'])('%s can be read on every ground', (text) => {
    for (const ground of ['surface', 'bg']) expect(contrast(of(text), of(ground)), ground).toBeGreaterThanOrEqual(4.5);
  });
  test.each([['on-accent', 'accent'], ['estimate', 'warn-bg'], ['ink', 'surface-2'], ['ink-2', 'surface-2'], ['ink', 'land'], ['ink', 'water'], ['ink-3', 'water']])(
    '%s can be read on %s',
    (text, ground) => expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5),
  );
  test('what must be seen stands out from what it lies on', () => {
    for (const name of [...named('mode-'), ...named('corridor-'), ...named('gauge-')])
      for (const ground of ['surface', 'land', 'water']) expect(contrast(of(name), of(ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(3);
    for (const name of ['control', 'focus']) expect(contrast(of(name), of('surface')), name).toBeGreaterThanOrEqual(3);
  });
  test.each(Object.keys(BLIND) as (keyof typeof BLIND)[])('colours of a set differ for %s eyes', (eyes) => {
    const sets = [[named('mode-'), 20], [named('corridor-'), 20], [named('gauge-'), 19], [['better', 'worse', 'ink-2'], 20]] as const;
    for (const [set, least] of sets)
      for (const a of set) for (const b of set) if (a < b) expect(apart(of(a), of(b), BLIND[eyes]), `${a}, ${b}`).toBeGreaterThanOrEqual(least - 1);
  });
  test('the sequence goes one way', () => {
    const steps = named('seq-').sort().map((name) => luminance(of(name)));
    const sorted = [...steps].sort((a, b) => (theme === 'light' ? b - a : a - b));
    expect(steps).toEqual(sorted);
  });
});
