import { z } from 'zod';
import { wholeNumber } from '../shapes.ts';
import { variable } from '../variable.ts';

/** How the probes are run. */
export const Probes = z.object({
  maxConcurrentRuns: variable(
    {
      env: 'AWOOOI_MAX_CONCURRENT_RUNS',
      default: '64',
      description: 'How many probes run at once.',
      expects: 'a whole number from 1 to 10000',
    },
    wholeNumber(1, 10_000),
  ),
});
