import { mount } from 'svelte';
import '../../../theme.css';
import { startLang } from '../../i18n/index.svelte';
import Gallery from './Gallery.svelte';

document.documentElement.dataset.theme = new URLSearchParams(location.search).get('theme') ?? 'light';
await startLang();
const target = document.getElementById('app');
if (target) mount(Gallery, { target });
