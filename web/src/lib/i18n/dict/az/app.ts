import type { Like } from '../../text';
import type { app as en } from '../en/app';

export const app: Like<typeof en> = {
  'app.about': 'Yük dəhlizini planlaşdırın, simulyasiya edin və təkmilləşdirin',
};
