import { app } from '../../app/session.svelte';
import { dayText } from '../../app/url';
import type { Verb } from '../../app/verb';
import { t } from '../../text/text.svelte';
import { FREIGHT, MOST_RUNS, SHOWN } from './choices';

function whole(least: number, most: number): (text: string) => string | null {
  return (text) => (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most ? String(Number(text)) : null);
}

const id = (text: string) => (/^[\w-]{1,80}$/.test(text) ? text : null);

function factor(text: string): string | null {
  const value = Number(text);
  return text !== '' && value > 0 && value <= FREIGHT.at(-1)! ? String(value) : null;
}

export const verb: Verb = {
  id: 'simulate',
  needs: 'simulate',
  group: 'operate',
  order: 11,
  icon: 'simulate',
  title: 'verb.simulate',
  fields: [
    { key: 'year', default: '2025', read: whole(1990, 2100), accepted: 'sim.accepted.year' },
    { key: 'runs', default: '3', read: whole(1, MOST_RUNS), accepted: 'sim.accepted.runs' },
    { key: 'freight', default: '1', read: factor, accepted: 'sim.accepted.freight' },
    { key: 'seed', default: '0', read: whole(0, 2 ** 32 - 1), accepted: 'sim.accepted.seed' },
    { key: 'show', default: 'jams', read: (text) => SHOWN.find((each) => each === text) ?? null, accepted: 'sim.accepted.show' },
    { key: 'day', default: '', read: dayText, accepted: 'accepted.day' },
    { key: 'flow', default: '', read: (text) => (/^[\w>. -]{1,160}$/.test(text) ? text : null) },
    { key: 'event', default: 'caspian-storm-week', read: id },
    { key: 'ranked', default: '', read: id },
    { key: 'lab', default: '', read: id },
    { key: 'job', default: '', read: id },
  ],
  panel: () => import('./Panel.svelte'),
  overlay: () => import('./Playback.svelte'),
  scene: () => ({
    colourBy: 'mode',
    routes: [],
    ghosts: [],
    selected: null,
    select: () => undefined,
    day: `${app.get('year')}-07-01`,
    bounds: [27, 37.5, 82.5, 49.5],
    foot: 110,
    quiet: true,
    sentence: t('sim.map', { year: app.get('year') }),
  }),
  legend: 'legend.hueMode',
};
