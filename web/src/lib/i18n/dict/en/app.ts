// Words of the pages themselves: add a key here and in the four other languages.
import type { Text } from '../../text';

export const app = {
  'app.about': 'Plan, simulate and improve a freight corridor',
} as const satisfies Record<string, Text>;
