/** What a plan puts on the map. */
import type { Scene } from '../../app/scene';
import { app } from '../../app/session.svelte';
import { answers } from '../../shipment/answers.svelte';
import { shortSignature } from '../../scenario/marks';
import { t, word } from '../../text/text.svelte';

export function selectRoute(routeId: string): void {
  const route = answers.routes.find((each) => each.route_id === routeId);
  if (route) app.go({ route: shortSignature(route) });
}

export function hasSelected(): boolean {
  return answers.selected !== null;
}

export function planScene(): Scene {
  const selected = answers.selected;
  const ghosts = answers.pairs.filter((pair) => pair.after === null).flatMap((pair) => pair.before ?? []);
  const question = answers.shown?.question;
  return {
    colourBy: 'mode',
    routes: answers.routes,
    ghosts,
    selected: selected?.route_id ?? null,
    select: selectRoute,
    sentence:
      question && selected
        ? t('map.sentence', {
            from: question.origin.name,
            to: question.destination.name,
            n: answers.routes.length,
            letter: selected.route_id,
            legs: selected.legs
              .filter((leg) => leg.service_id !== 'truck')
              .map((leg) => t('map.leg', { mode: word('mode', leg.mode), to: leg.to_name }))
              .join(', '),
          })
        : t('map.empty'),
  };
}
