import { mount } from 'svelte';
import App from './App.svelte';
import { answers } from './shipment/answers.svelte';
import { app, choices, server } from './app/session.svelte';
import { exampleReady } from './shipment/fields';
import { scenario } from './scenario/scenario.svelte';
import { marks } from './map/marks.svelte';
import { startLang } from './text/text.svelte';
import './ui/base.css';
import './theme.css';
import './ui/print.css';

async function start(): Promise<void> {
  choices.start();
  app.start();
  await startLang();
  // A link must mean the same tomorrow: the day stands in it.
  if (!app.get('ready')) {
    const bad = app.bad;
    app.shift({ ready: exampleReady(new Date()) });
    app.bad = bad;
  }
  const target = document.getElementById('app');
  if (target) mount(App, { target });
  void server.start();
  scenario.start();
  answers.start();
  marks.start();
}

void start();
