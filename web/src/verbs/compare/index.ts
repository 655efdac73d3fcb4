import type { Verb } from '../../app/verb';
import { SHIPMENT_FIELDS } from '../../shipment/fields';
import { compareScene } from './columns.svelte';

export const verb: Verb = {
  id: 'compare',
  needs: 'compare',
  group: 'ship',
  order: 2,
  icon: 'compare',
  title: 'verb.compare',
  fields: [...SHIPMENT_FIELDS],
  panel: () => import('./Panel.svelte'),
  details: () => import('./Details.svelte'),
  hasDetails: () => true,
  scene: compareScene,
  legend: 'legend.hueCorridor',
};
