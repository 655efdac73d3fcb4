import type { Verb } from '../../app/verb';
import { oneOf } from '../../app/url';
import { SHIPMENT_FIELDS } from '../../shipment/fields';
import { SORTS } from '../../shipment/sorting';
import { hasSelected, planScene } from './scene.svelte';

export const verb: Verb = {
  id: 'plan',
  needs: 'plan',
  group: 'ship',
  order: 1,
  icon: 'plan',
  title: 'verb.plan',
  fields: [
    ...SHIPMENT_FIELDS,
    { key: 'sort', default: 'best', read: oneOf(...SORTS), accepted: 'accepted.sort' },
    { key: 'route', default: '' },
    { key: 'tab', default: 'times', read: oneOf('times', 'cost', 'carbon', 'sources'), accepted: 'accepted.tab' },
  ],
  panel: () => import('./Panel.svelte'),
  details: () => import('./Details.svelte'),
  hasDetails: hasSelected,
  scene: planScene,
  legend: 'legend.hueMode',
};
