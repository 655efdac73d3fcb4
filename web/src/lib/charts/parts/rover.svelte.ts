// Roving tabindex: a chart is one stop of the Tab key, arrow keys walk its marks.

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class Rover {
  active = $state(0);

  tabindex = (index: number): 0 | -1 => (index === this.active ? 0 : -1);

  /** Attach to the element around the marks; these carry `data-mark` in the order in which they are walked. */
  walk = (around: Element): (() => void) => {
    const onKey = (event: Event) => this.step(around, event as KeyboardEvent);
    around.addEventListener('keydown', onKey);
    return () => around.removeEventListener('keydown', onKey);
  };

  private step(around: Element, event: KeyboardEvent): void {
    const marks = [...around.querySelectorAll<HTMLElement | SVGElement>('[data-mark]')];
    const at = marks.indexOf(document.activeElement as HTMLElement);
    if (at === -1) return;
    const step = STEPS[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? marks.length - 1 : step ? at + step : at;
    if (to === at || to < 0 || to >= marks.length) return;
    event.preventDefault();
    this.active = to;
    marks[to]?.focus();
  }
}

/** Enter and space on a mark that is no HTML button. */
export function onPress(act: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    act();
  };
}
