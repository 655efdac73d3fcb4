import type { Like } from '../../text';
import type { app as en } from '../en/app';

export const app: Like<typeof en> = {
  'app.about': 'Yük koridorunu planlayın, simüle edin ve iyileştirin',
};
