import { app } from './app';
import { said } from './said';
import { screen } from './screen';
import { trade } from './trade';

const all = { ...trade, ...screen, ...app, ...said } as const;
export default all;
