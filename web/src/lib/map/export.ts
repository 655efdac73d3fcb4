// A picture of the map with title, legend of what it rests on and date inside, so that it can be passed on alone.
import { colour, type Theme } from './palette';

export interface Caption {
  title: string;
  /** Lines under the map: attribution, data, sources. */
  notes: string[];
}

const MARGIN = 16;
const TITLE_PX = 20;
const NOTE_PX = 12;
const LINE = 1.5;

/** Words of a text in lines that fit. */
function wrapped(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && pen.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line ? [...lines, line] : lines;
}

export async function picture(map: HTMLCanvasElement, caption: Caption, theme: Theme, family: string): Promise<Blob | null> {
  const ratio = map.width / Math.max(1, map.clientWidth);
  const width = map.width / ratio;
  const height = map.height / ratio;
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.font = `${NOTE_PX}px ${family}`;
  const notes = caption.notes.flatMap((note) => wrapped(pen, note, width - 2 * MARGIN));
  pen.font = `600 ${TITLE_PX}px ${family}`;
  const titles = wrapped(pen, caption.title, width - 2 * MARGIN);
  const head = MARGIN + titles.length * TITLE_PX * LINE;
  const foot = MARGIN + notes.length * NOTE_PX * LINE;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((head + height + foot) * ratio);
  pen.scale(ratio, ratio);
  pen.fillStyle = colour('surface', theme);
  pen.fillRect(0, 0, width, head + height + foot);
  pen.drawImage(map, 0, head, width, height);
  pen.textBaseline = 'top';
  pen.fillStyle = colour('ink', theme);
  pen.font = `600 ${TITLE_PX}px ${family}`;
  titles.forEach((line, at) => pen.fillText(line, MARGIN, MARGIN / 2 + at * TITLE_PX * LINE));
  pen.fillStyle = colour('ink-2', theme);
  pen.font = `${NOTE_PX}px ${family}`;
  notes.forEach((line, at) => pen.fillText(line, MARGIN, head + height + MARGIN / 2 + at * NOTE_PX * LINE));
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}
