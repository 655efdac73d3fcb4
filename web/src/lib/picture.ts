// A chart or a map as a PNG, with what it rests on inside, so that it can be passed on alone.

export interface Wanted {
  /** Of what is drawn, px. */
  width: number;
  height: number;
  /** Lines under it: what was asked, the data, the date. */
  notes: readonly string[];
}

const MARGIN = 16;
const NOTE_PX = 18;
/** Mean width of a letter of the notes, px. */
const LETTER_PX = 6.5;
const SHARPNESS = 2;
const SVG = 'http://www.w3.org/2000/svg';

/** Part of the page, drawn by the page's own styles. `without` names what only a screen needs. */
export async function pictureOf(node: Element, { width, height, notes }: Wanted, without = ''): Promise<Blob | null> {
  const foot = document.createElement('footer');
  foot.style.cssText = `margin-top: ${MARGIN / 2}px; font-size: var(--text-small); line-height: ${NOTE_PX}px; color: var(--ink-2)`;
  for (const note of notes) foot.append(Object.assign(document.createElement('div'), { textContent: note }));
  const lines = notes.reduce((sum, note) => sum + Math.ceil((note.length * LETTER_PX) / width), 0);
  const copy = node.cloneNode(true) as Element;
  if (without) for (const each of copy.querySelectorAll(without)) each.remove();
  const sheet = document.createElement('div');
  sheet.style.cssText = `padding: ${MARGIN}px; color: var(--ink); background: var(--surface); font: 400 var(--text) / var(--line-height) var(--font); height: 100%`;
  sheet.append(copy, foot);

  const [wide, tall] = [width + 2 * MARGIN, height + lines * NOTE_PX + 2.5 * MARGIN];
  const svg = document.createElementNS(SVG, 'svg');
  const size = { width: String(wide), height: String(tall) };
  // The tokens hang on the root, which is this one here.
  const root = { 'data-theme': document.documentElement.dataset.theme ?? '', lang: document.documentElement.lang };
  for (const [name, value] of Object.entries({ ...size, ...root })) svg.setAttribute(name, value);
  const style = document.createElementNS(SVG, 'style');
  style.textContent = await styles();
  const inside = document.createElementNS(SVG, 'foreignObject');
  for (const [name, value] of Object.entries(size)) inside.setAttribute(name, value);
  inside.append(sheet);
  svg.append(style, inside);

  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(wide * SHARPNESS);
  canvas.height = Math.round(tall * SHARPNESS);
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.scale(SHARPNESS, SHARPNESS);
  pen.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

/** Every rule of the page. An image fetches nothing, so the fonts in use come along. */
async function styles(): Promise<string> {
  const used = [...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.unicodeRange);
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href ?? location.href })));
  const texts = rules.map(async ({ rule, base }) => {
    if (!(rule instanceof CSSFontFaceRule)) return rule.cssText;
    const path = /url\("([^"]+)"\)/.exec(rule.cssText)?.[1];
    if (!path || !used.includes(rule.style.getPropertyValue('unicode-range'))) return '';
    const file = await (await fetch(new URL(path, base))).blob();
    return rule.cssText.replace(path, await dataUrl(file));
  });
  return (await Promise.all(texts)).join('\n');
}

function dataUrl(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}
