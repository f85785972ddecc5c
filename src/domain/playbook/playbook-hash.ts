import { hash } from 'node:crypto';
import type { RepairPlaybookSpec } from '../../crds/repairplaybook/spec.ts';
import { canonicalJson } from '../rule/canonical-json.ts';

type Decisive = Pick<RepairPlaybookSpec, 'match' | 'steps' | 'approval' | 'verify' | 'limits' | 'onFailure' | 'gitOps'>;

/**
 * Identifies what a run of the playbook would do and under which terms: who approved one hash approved no other. Texts for people, the mode
 * and how many runs are kept are no part of it.
 */
export function playbookHash({ match, steps, approval, verify, limits, onFailure, gitOps }: Decisive): string {
  return digest({ match, steps, approval, verify, limits, onFailure, gitOps });
}

/** Identifies what is done to what: other steps have yet to prove themselves, whatever the playbook is called. How far they say to reach is no part of it. */
export function stepsHash({ steps }: Pick<RepairPlaybookSpec, 'steps'>): string {
  return digest(steps.map(({ action, target, parameters }) => ({ action, target, parameters })));
}

function digest(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex').slice(0, 16);
}
