/** Units beside figures. What the name of a column says already is not said again. */
const SAID = new Set(['1', 'a', '1/week', '1/d', 'YYYY-MM', 'MM-DD', 'HH:MM']);

export function unitOf(unit: string | undefined): string {
  return unit === undefined || SAID.has(unit) ? '' : unit;
}
