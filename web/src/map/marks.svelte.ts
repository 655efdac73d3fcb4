/** What the scenario and the chosen layer say about links and terminals of the map. */
import { lookUp } from '../app/api';
import { app } from '../app/session.svelte';
import type { Change } from '../app/types';
import { scenario } from '../scenario/scenario.svelte';
import { answers } from '../shipment/answers.svelte';

interface LinkRow {
  link_id: string;
  from_terminal: string;
  to_terminal: string;
  passages?: string[] | null;
}

interface Procedure {
  terminal_id?: string | null;
  p50_h?: number | null;
}

class MapMarks {
  private links = $state.raw<readonly LinkRow[]>([]);
  private procedures = $state.raw<readonly Procedure[]>([]);

  /** Links that are closed or changed, and hours at borders. */
  now = $derived.by(() => {
    const changes = scenario.list.filter((each) => !each.off).map((each) => each.change);
    const closed = new Map<string, 'closed'>();
    const changed = new Set<string>();
    for (const change of changes) {
      for (const link of this.linksOf(change)) {
        // What is closed says so by itself.
        if (change.operation === 'close') closed.set(link, 'closed');
        else changed.add(link);
      }
    }
    return { changed, states: closed, delays: this.delays() };
  });

  /** Read the tables when they are first needed. */
  start(): () => void {
    return $effect.root(() => {
      $effect(() => {
        if (scenario.active && this.links.length === 0)
          void lookUp<{ items: LinkRow[] }>('/v1/facts/links?limit=1000').then((told) => (this.links = told.items));
      });
      $effect(() => {
        if (app.get('layer') === 'delay' && this.procedures.length === 0)
          void lookUp<{ items: Procedure[] }>('/v1/facts/border_procedures?limit=500').then(
            (told) => (this.procedures = told.items),
          );
      });
    });
  }

  /** Links that a change of a row is about. */
  linksOf(change: Change): string[] {
    const { table, key } = change;
    if (table === 'links') return [key];
    if (table === 'services') {
      const routes = [...(answers.base?.routes ?? []), ...(answers.changed?.routes ?? [])];
      return routes.flatMap((route) => route.legs).flatMap((leg) => (leg.service_id === key ? leg.link_ids : []));
    }
    const within = (terminal: string) =>
      table === 'terminals' ? terminal === key : table === 'countries' && terminal.startsWith(`${key.toLowerCase()}-`);
    return this.links
      .filter(
        (link) =>
          within(link.from_terminal) ||
          within(link.to_terminal) ||
          (table === 'passages' && (link.passages ?? []).includes(key)),
      )
      .map((link) => link.link_id);
  }

  /** The longest of the procedures at a terminal, median hours. */
  private delays(): Map<string, number> {
    const hours = new Map<string, number>();
    for (const { terminal_id, p50_h } of this.procedures)
      if (terminal_id && typeof p50_h === 'number') hours.set(terminal_id, Math.max(hours.get(terminal_id) ?? 0, p50_h));
    return hours;
  }
}

export const marks = new MapMarks();
