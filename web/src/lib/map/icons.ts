// Terminals, badges and signs drawn to a canvas, so that no image has to be fetched and they stay sharp.
import { colour, type Theme } from './palette';
import { DRAWINGS, SHAPES, type Shape } from './shapes';

const BOX = 24;
const RATIO = 2;

export interface Icon {
  name: string;
  image: ImageData;
  pixelRatio: number;
}

type Draw = (pen: CanvasRenderingContext2D, theme: Theme) => void;

function terminal(shape: Shape, hollow: boolean): Draw {
  return (pen, theme) => {
    const { outline, sign } = DRAWINGS[shape];
    const path = new Path2D(outline);
    pen.lineJoin = 'round';
    pen.strokeStyle = colour('surface', theme);
    pen.lineWidth = 4;
    pen.stroke(path);
    pen.fillStyle = colour(hollow ? 'surface' : 'ink', theme);
    pen.fill(path);
    pen.strokeStyle = colour('ink', theme);
    pen.lineWidth = hollow ? 2.5 : 1;
    pen.stroke(path);
    if (!sign) return;
    pen.strokeStyle = colour(hollow ? 'ink' : 'surface', theme);
    pen.lineWidth = 1.8;
    pen.stroke(new Path2D(sign));
  };
}

function stroked(path: string, width: number): Draw {
  return (pen, theme) => {
    pen.lineCap = 'round';
    pen.strokeStyle = colour('surface', theme);
    pen.lineWidth = width + 2;
    pen.stroke(new Path2D(path));
    pen.strokeStyle = colour('ink', theme);
    pen.lineWidth = width;
    pen.stroke(new Path2D(path));
  };
}

function badge(selected: boolean): Draw {
  return (pen, theme) => {
    const path = new Path2D('M0 -10A10 10 0 1 1 0 10A10 10 0 1 1 0 -10Z');
    pen.fillStyle = colour(selected ? 'accent' : 'surface', theme);
    pen.fill(path);
    pen.strokeStyle = colour(selected ? 'surface' : 'ink', theme);
    pen.lineWidth = 1.5;
    pen.stroke(path);
  };
}

const DRAWN: Record<string, Draw> = {
  tick: (pen, theme) => {
    pen.strokeStyle = colour('mode-rail', theme);
    pen.lineWidth = 1.2;
    pen.stroke(new Path2D('M0 -3.5V3.5'));
  },
  none: () => undefined,
  cross: stroked('M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5', 2.2),
  calendar: stroked('M-5 -4H5V5H-5ZM-5 -1H5M-2.5 -6V-3M2.5 -6V-3', 1.5),
  badge: badge(false),
  'badge-selected': badge(true),
  ...Object.fromEntries(SHAPES.flatMap((shape) => [[`${shape}-full`, terminal(shape, false)], [`${shape}-hollow`, terminal(shape, true)]])),
};

export function drawIcons(): Icon[] {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = BOX * RATIO;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return [];
  return (['light', 'dark'] as const).flatMap((theme) =>
    Object.entries(DRAWN).map(([name, draw]) => {
      pen.reset();
      pen.setTransform(RATIO, 0, 0, RATIO, (BOX * RATIO) / 2, (BOX * RATIO) / 2);
      draw(pen, theme);
      return { name: `${name}-${theme}`, image: pen.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: RATIO };
    }),
  );
}
