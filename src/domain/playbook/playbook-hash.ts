import { hash } from 'node:crypto';
import type { RepairPlaybookSpec } from '../../crds/repairplaybook/spec.ts';
import { canonicalJson } from '../rule/canonical-json.ts';

type Decisive = Pick<RepairPlaybookSpec, 'match' | 'steps' | 'approval' | 'verify' | 'limits' | 'onFailure' | 'gitOps'>;

/**
 * Identifies what a run of the playbook would do and under which terms: who approved one hash approved no other. Texts for people, the mode
 * and how many runs are kept are no part of it.
 */
export function playbookHash({ match, steps, approval, verify, limits, onFailure, gitOps }: Decisive): string {
  return hash('sha256', canonicalJson({ match, steps, approval, verify, limits, onFailure, gitOps }), 'hex').slice(0, 16);
}
