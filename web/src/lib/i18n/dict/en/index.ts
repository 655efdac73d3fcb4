import { app } from './app';
import { screen } from './screen';
import { trade } from './trade';

const all = { ...trade, ...screen, ...app } as const;
export default all;
