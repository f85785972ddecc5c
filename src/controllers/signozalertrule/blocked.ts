import type { RuleConditions } from '../../domain/rule/rule-conditions.ts';
import { type RuleOutcome, timeOf } from './turn.ts';

/** What keeps a deleted object, and when it is let go in any case. */
export function blocked({ reason, message }: { readonly reason: string; readonly message: string }, giveUp: Date): RuleOutcome {
  const said = `${message} At ${timeOf(giveUp)} the object is let go all the same, and its rule stays in SigNoz.`;
  const conditions: RuleConditions = {
    Ready: { status: 'False', reason, message: said },
    Synced: { status: 'Unknown', reason, message: said },
  };
  return { conditions };
}
