import { mount } from 'svelte';
import '../../../theme.css';
import { startLang } from '../../i18n/index.svelte';
import type { PlanRoute } from '../../charts';
import answer from '../../charts/gallery/xian-budapest.json';
import { FreightMap, VIEWS } from '..';

// The map over a running API: ?theme=dark&view=gauge&route=C&map=4/42/61&still=1; with &png=ms its picture after so long.
const asked = new URLSearchParams(location.search);
const theme = asked.get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.dataset.theme = theme;
await startLang();
const [zoom, lat, lon] = (asked.get('map') ?? '').split('/').map(Number);
const target = document.getElementById('app');
if (target) {
  const map = mount(FreightMap, {
    target,
    props: {
      theme,
      view: VIEWS.find((view) => view === asked.get('view')) ?? 'mode',
      routes: asked.get('route') ? (answer.routes as unknown as PlanRoute[]) : [],
      selected: asked.get('route'),
      still: asked.has('still'),
      day: '2027-01-11',
      camera: zoom && lat && lon ? { zoom, lat, lon } : null,
      digest: asked.get('digest') ?? '',
      onPick: (pick) => console.log(JSON.stringify(pick)),
    },
  });
  const wait = Number(asked.get('png'));
  if (wait > 0) {
    setTimeout(async () => {
      const blob = await map.exportPng({ title: 'Xi’an – Budapest', notes: ['A', 'B'] });
      if (blob) target.innerHTML = `<img alt="" width="${innerWidth}" src="${URL.createObjectURL(blob)}">`;
    }, wait);
  }
}
