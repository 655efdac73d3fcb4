import { app } from './app';
import { faults } from './faults';
import { said } from './said';
import { screen } from './screen';
import { simulate } from './simulate';
import { trade } from './trade';

const all = { ...trade, ...screen, ...app, ...simulate, ...said, ...faults } as const;
export default all;
