import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

const TRUSTS = ['Candidate', 'Trusted', 'Quarantined'] as const;

/** What became of an action that may have proved itself. */
export const PROMOTION_RESULTS = [
  'created',
  'updated',
  'unchanged',
  'manual',
  'refused',
  'unwritable',
  'deleted',
  'no_namespace',
  'failed',
] as const;
export type PromotionResult = (typeof PROMOTION_RESULTS)[number];

export interface PlaybookMetrics {
  readonly promotion: (result: PromotionResult) => void;
  /** Where to read the trust of every playbook; undefined of one that is not judged yet. */
  readonly readFrom: (trusts: () => Iterable<string | undefined>) => void;
}

function nobody(): Iterable<string | undefined> {
  return [];
}

export function playbookMetrics(page: Metrics): PlaybookMetrics {
  const make = instruments(page);
  let read: () => Iterable<string | undefined> = nobody;
  make.gauge({
    name: 'awoooi_repair_playbooks',
    help: 'RepairPlaybooks by trust.',
    labels: ['trust'],
    collect: gauge => {
      const counts = new Map<string, number>(TRUSTS.map(trust => [trust, 0]));
      for (const trust of read()) counts.set(trust ?? 'Candidate', (counts.get(trust ?? 'Candidate') ?? 0) + 1);
      for (const [trust, count] of counts) gauge.set({ trust }, count);
    },
  });
  const promotions = make.counter({
    name: 'awoooi_repair_playbook_promotions_total',
    help: 'Looks at actions that may have proved themselves, by what became of them.',
    labels: ['result'],
  });
  for (const result of PROMOTION_RESULTS) promotions.inc({ result }, 0);
  return {
    promotion: result => promotions.inc({ result }),
    readFrom: trusts => {
      read = trusts;
    },
  };
}
