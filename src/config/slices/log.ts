import { z } from 'zod';
import { variable } from '../variable.ts';

/** What is logged. */
export const Log = z.object({
  level: variable(
    {
      env: 'LOG_LEVEL',
      default: 'info',
      description: 'Least level that is logged.',
      expects: 'trace, debug, info, warn, error, fatal or silent',
    },
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  ),
});
