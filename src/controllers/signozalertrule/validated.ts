import { readStored } from '../../crds/signozalertrule/parse.ts';
import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { StoredSignozAlertRule } from '../../crds/signozalertrule/stored.ts';
import { stalled } from '../../domain/rule/rule-conditions.ts';
import type { Reconcile } from '../../kube/reconcile.ts';
import type { RuleDeps } from './deps.ts';
import { removed } from './remove.ts';

const MOST_SAID = 1024;

/** Reads the spec at each turn. One that is not valid is Stalled with every problem; its object can be deleted all the same. */
export function validated(reconcile: Reconcile<SignozAlertRule>, deps: RuleDeps): Reconcile<StoredSignozAlertRule> {
  return async (stored, ctx) => {
    if (stored.metadata.deletionTimestamp !== undefined) return removed(stored, { deps, ctx });
    const parsed = readStored(stored);
    if (parsed.ok) return reconcile(parsed.object, ctx);
    const message = `The spec is not valid, so its rule in SigNoz is left as it is. Mend it: ${parsed.problems.join('; ')}`;
    return { conditions: stalled('InvalidSpec', message.slice(0, MOST_SAID)) };
  };
}
