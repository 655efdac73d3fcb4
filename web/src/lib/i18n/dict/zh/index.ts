import type { Dictionary } from '../../text';
import { app } from './app';
import { faults } from './faults';
import { said } from './said';
import { screen } from './screen';
import { simulate } from './simulate';
import { trade } from './trade';

const all: Dictionary = { ...trade, ...screen, ...app, ...simulate, ...said, ...faults };
export default all;
