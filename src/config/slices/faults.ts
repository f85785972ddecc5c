import { z } from 'zod';
import { variable } from '../variable.ts';

/** Everything that a run changes outside of this process, by name. */
export const EFFECTS = [
  'register-drills',
  'target-post',
  'approval-ask',
  'approval-withdraw',
  'post-canary',
  'resolve-canary',
  'signoz-test',
  'telegram-typing',
  'telegram-send',
  'notify-webhook',
  'heartbeat',
  'status-intent',
  'status-deed',
] as const;
export type Effect = (typeof EFFECTS)[number];

const Failpoint = z
  .string()
  .transform(text => {
    const [effect, when = 'before'] = text.split(':');
    return { effect, when };
  })
  .pipe(z.object({ effect: z.enum(EFFECTS), when: z.enum(['before', 'after']) }));

/** Faults that the tests put into a process of their own. */
export const Faults = z.object({
  failpoint: variable(
    {
      env: 'AWOOOI_FAILPOINT',
      hidden: true,
      description: 'Tests only: the process kills itself before or after this effect.',
      expects: `EFFECT:before or EFFECT:after, with one of ${EFFECTS.join(', ')}`,
    },
    Failpoint.optional(),
  ),
});
