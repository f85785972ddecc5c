import { z } from 'zod';
import { NamespaceName, wholeNumber } from '../shapes.ts';
import { variable } from '../variable.ts';

/** Whether repairs are carried out, and how far they may go by themselves. */
export const Repairs = z.object({
  execution: variable(
    {
      env: 'AWOOOI_REPAIR_EXECUTION',
      default: 'off',
      description:
        'Whether approved repairs are carried out at all. With on, they are in namespaces that bear the label awoooi.io/repair=enabled and give the operator the rights of config/repair.',
      expects: 'on or off',
    },
    z.enum(['on', 'off']),
  ),
  automaticTier: variable(
    {
      env: 'AWOOOI_REPAIR_AUTOMATIC_TIER',
      default: '2',
      description: 'The highest tier that may run without a person, of playbooks with mode Automatic that have proved themselves. 0: none.',
      expects: 'a whole number from 0 to 3',
    },
    wholeNumber(0, 3),
  ),
  breakerRuns: variable(
    {
      env: 'AWOOOI_REPAIR_BREAKER_RUNS',
      default: '5',
      description: 'After so many runs within ten minutes, over all namespaces, every further one waits for a person.',
      expects: 'a whole number from 1 to 1000',
    },
    wholeNumber(1, 1000),
  ),
  learnedNamespace: variable(
    {
      env: 'AWOOOI_LEARNED_PLAYBOOK_NAMESPACE',
      description:
        "Where playbooks are written that the operator has learned. Left out: the namespace that the alert's label names, for a run acts in its own namespace alone.",
      expects: 'the name of a namespace',
    },
    NamespaceName.optional(),
  ),
});
