// The tokens that a map paints with. MapLibre cannot read CSS variables, and holds both themes at once; a test keeps
// this table equal to theme.css.

export type Theme = 'light' | 'dark';

/** Light, dark. */
export const PALETTE = {
  surface: ['#ffffff', '#16212d'],
  ink: ['#17212b', '#e8eef4'],
  'ink-2': ['#46525e', '#b6c2ce'],
  'ink-3': ['#5a6570', '#97a5b3'],
  control: ['#7a8691', '#708090'],
  accent: ['#005a9c', '#6cb6ff'],
  worse: ['#a63d00', '#ff9e66'],
  land: ['#f3f0e9', '#1c2733'],
  water: ['#dce6ec', '#0f1923'],
  border: ['#a59f92', '#5b6876'],
  'mode-rail': ['#1f2933', '#e8eef4'],
  'mode-sea': ['#15559a', '#2f80f5'],
  'mode-ferry': ['#078f6d', '#34b090'],
  'mode-road': ['#8a5615', '#e68a14'],
  'mode-inland': ['#c21fe0', '#f58ceb'],
  'corridor-middle': ['#16406a', '#74b3fb'],
  'corridor-northern': ['#4c2d15', '#c96623'],
  'corridor-southern': ['#dd1abc', '#bc04f0'],
  'corridor-suez': ['#019460', '#07fcb3'],
  'corridor-cape': ['#9b7e07', '#f0d532'],
  'corridor-other': ['#5d6873', '#97a5b3'],
  'gauge-1435': ['#15559a', '#74b3fb'],
  'gauge-1520': ['#b4500b', '#f0943f'],
  'gauge-unknown': ['#66727e', '#8493a1'],
  'seq-1': ['#cfe3f1', '#1d3f5e'],
  'seq-2': ['#8dbbdd', '#2f6793'],
  'seq-3': ['#4a8cc2', '#5594c4'],
  'seq-4': ['#1b5c99', '#93c2e6'],
  'seq-5': ['#0a2f5a', '#dceefb'],
} as const satisfies Record<string, readonly [string, string]>;

export type Token = keyof typeof PALETTE;

export const colour = (token: Token, theme: Theme): string => PALETTE[token][theme === 'light' ? 0 : 1];
