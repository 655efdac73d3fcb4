import type { Dictionary } from '../../text';
import { app } from './app';
import { screen } from './screen';
import { trade } from './trade';

const all: Dictionary = { ...trade, ...screen, ...app };
export default all;
