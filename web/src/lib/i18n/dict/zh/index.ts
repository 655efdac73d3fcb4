import type { Dictionary } from '../../text';
import { app } from './app';
import { faults } from './faults';
import { said } from './said';
import { screen } from './screen';
import { simulate } from './simulate';
import { trade } from './trade';
import { trials } from './trials';

const all: Dictionary = { ...trade, ...screen, ...app, ...simulate, ...trials, ...said, ...faults };
export default all;
