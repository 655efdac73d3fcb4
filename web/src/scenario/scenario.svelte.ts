/** The scenario that every page looks through. Its changes stand in the URL; a stored one is named there. */
import { ask } from '../app/api';
import { app } from '../app/session.svelte';
import type { Change, ScenarioKept } from '../app/types';
import { t } from '../text/text.svelte';
import { type Listed, readChanges, scenarioForm, withChange, writeChanges } from './changes';

/** Above so many characters of the address the scenario is stored instead. */
const LONGEST = 1500;

class Scenario {
  /** The stored scenario that the URL names, once it was read. */
  kept = $state.raw<ScenarioKept | null>(null);
  /** The stored scenario that answers are compared with, in the place of the base. */
  against = $state.raw<ScenarioKept | null>(null);
  /** What went wrong with the stored one; null where nothing did. */
  problem = $state.raw<unknown>(null);

  get list(): Listed[] {
    const text = app.get('sc');
    if (text === '' && app.get('saved') && this.kept) return listOf(this.kept);
    return readChanges(text) ?? [];
  }

  get active(): boolean {
    return this.list.some((each) => !each.off);
  }

  get count(): number {
    return this.list.filter((each) => !each.off).length;
  }

  get name(): string {
    return app.get('saved') ? (this.kept?.name ?? '') : '';
  }

  /** The shown changes differ from the stored ones. */
  get edited(): boolean {
    return this.kept !== null && app.get('sc') !== '' && app.get('sc') !== writeChanges(listOf(this.kept));
  }

  get form(): { name: string; change: Change[] } | null {
    return scenarioForm(this.name || t('scenario.changes', { count: this.count }), this.list);
  }

  /** Put a list in place. While a slider moves it makes no step of its own. */
  put(list: readonly Listed[], moving = false): void {
    const sc = writeChanges(list);
    const patch: Record<string, string> = list.length ? { sc } : { sc: '', saved: '' };
    if (moving) app.shift(patch);
    else app.go(patch);
    if (location.search.length > LONGEST && !moving) void this.save(this.name || 'unnamed', true);
  }

  add(...changes: Change[]): void {
    this.put(changes.reduce(withChange, this.list));
  }

  toggle(index: number): void {
    this.put(this.list.map((each, at) => (at === index ? { ...each, off: !each.off } : each)));
  }

  remove(index: number): void {
    this.put(this.list.filter((_, at) => at !== index));
  }

  change(index: number, change: Change, moving = false): void {
    this.put(
      this.list.map((each, at) => (at === index ? { ...each, change } : each)),
      moving,
    );
  }

  clear(): void {
    app.go({ sc: '', saved: '' });
  }

  /** Store the shown changes under a name; a stored one of the same name is replaced. */
  async save(name: string, quiet = false): Promise<void> {
    const body = { name, change: this.list.map((each) => each.change) };
    const old = this.kept && app.get('saved') === this.kept.scenario_id ? this.kept : null;
    const kept = await (old && old.name === name && !quiet
      ? ask<ScenarioKept>(`/v1/scenarios/${old.scenario_id}`, {
          method: 'PUT',
          body,
          headers: { 'If-Match': `"v${old.version}"` },
        })
      : ask<ScenarioKept>('/v1/scenarios', { body }));
    this.kept = kept;
    app.go({ saved: kept.scenario_id, sc: this.list.some((each) => each.off) ? app.get('sc') : '' });
  }

  async fork(name: string): Promise<void> {
    const id = app.get('saved');
    const kept = await ask<ScenarioKept>(`/v1/scenarios/${encodeURIComponent(id)}/fork`, { body: { name } });
    this.kept = kept;
    app.go({ saved: kept.scenario_id });
  }

  /** Take a stored scenario up. */
  async open(id: string): Promise<void> {
    await this.read(id);
    app.go({ saved: id, sc: '' });
  }

  /** The link of this page, with changes that anybody can follow and the data that it was made with. */
  async link(digest: string): Promise<string> {
    const saved = app.get('saved');
    const sc = writeChanges(this.list);
    if (saved && sc.length > LONGEST) {
      const { token } = await ask<{ token: string }>(`/v1/scenarios/${saved}/share`, { method: 'POST' });
      return location.origin + app.href({ saved: token, sc: '', data: digest });
    }
    return location.origin + app.href({ saved: '', sc, data: digest });
  }

  /** Follow the name in the URL. */
  start(): () => void {
    return $effect.root(() => {
      $effect(() => {
        const id = app.get('saved');
        if (id && this.kept?.scenario_id !== id) void this.read(id);
      });
      $effect(() => {
        const id = app.get('against');
        if (id && this.against?.scenario_id !== id) void this.look(id).then((kept) => (this.against = kept));
      });
    });
  }

  private async read(id: string): Promise<void> {
    this.kept = (await this.look(id)) ?? this.kept;
  }

  private async look(id: string): Promise<ScenarioKept | null> {
    const path = encodeURIComponent(id);
    try {
      return await ask<ScenarioKept>(`/v1/scenarios/${path}`);
    } catch {
      try {
        // A shared one is read by the token of its link; it keeps that name here.
        return { ...(await ask<ScenarioKept>(`/v1/shared/${path}`)), scenario_id: id };
      } catch (error) {
        this.problem = error;
        return null;
      }
    }
  }
}

function listOf(kept: ScenarioKept): Listed[] {
  return (kept.scenario?.change ?? []).map((change) => ({ change, off: false }));
}

export const scenario = new Scenario();
