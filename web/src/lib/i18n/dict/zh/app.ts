import type { Like } from '../../text';
import type { app as en } from '../en/app';

export const app: Like<typeof en> = {
  'app.about': '规划、仿真并改进货运走廊',
};
