import { app } from './app';
import { faults } from './faults';
import { said } from './said';
import { screen } from './screen';
import { simulate } from './simulate';
import { trade } from './trade';
import { trials } from './trials';

const all = { ...trade, ...screen, ...app, ...simulate, ...trials, ...said, ...faults } as const;
export default all;
