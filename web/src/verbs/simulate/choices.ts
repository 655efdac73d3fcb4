/** What the form offers, and the parts of the answer. */
export const MOST_RUNS = 20;
export const FREIGHT = [0.5, 1, 1.5, 2, 3, 5] as const;
export const SHOWN = ['jams', 'levers', 'lab', 'carried', 'use', 'queues', 'ships', 'journey', 'now'] as const;
