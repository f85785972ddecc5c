import { CONFIRM_DELETION } from '../../crds/signozalertrule/kind.ts';
import { type DeletionStep, deletionStep, giveUpAt } from '../../domain/rule/deletion-step.ts';
import { blocked } from './blocked.ts';
import type { Removal } from './remove.ts';
import type { Signoz } from './signoz.ts';
import { keyOf, type RuleOutcome } from './turn.ts';

/** Counts the deletion as soon as it is seen: while SigNoz does not answer a burst of them must not go unnoticed. */
export function counted({ rule, spec, deletedAt, deps, ctx }: Removal, signoz: Signoz): void {
  if (guards(spec)) deps.deletions.note(keyOf(rule), { at: deletedAt, url: signoz.connection.url, now: ctx.now() });
}

/** Why the rule of a deleted object may not be deleted, or not yet; undefined where it may. */
export function guarded({ rule, spec, deletedAt, deps, ctx }: Removal, signoz: Signoz): RuleOutcome | undefined {
  if (!guards(spec)) return undefined;
  const { seenAt, deletions, gone } = deps.deletions.around(keyOf(rule), ctx.now());
  const step = deletionStep({
    deletedAt,
    seenAt,
    confirmed: isConfirmed(rule),
    deletions,
    rules: deps.signozes.watchedAt(signoz.connection.url) + gone,
    knownForMs: signoz.knownForMs,
    now: ctx.now(),
  });
  if (step.do === 'settle') return { requeueAfterMs: step.forMs };
  return step.do === 'hold' ? massDeletion(step, { rule, spec, deletedAt }) : undefined;
}

/** Whether somebody has said that the rule may go among many. */
export function isConfirmed({ metadata }: Removal['rule']): boolean {
  return metadata.annotations?.[CONFIRM_DELETION] === 'true';
}

/** With mode Plan somebody has said yes to this very deletion. */
function guards({ deletionPolicy, mode }: Removal['spec']): boolean {
  return deletionPolicy === 'Delete' && mode === 'Apply';
}

function massDeletion(
  { deletions, rules }: Extract<DeletionStep, { do: 'hold' }>,
  { rule, spec, deletedAt }: Pick<Removal, 'rule' | 'spec' | 'deletedAt'>,
): RuleOutcome {
  const many = `${deletions} of ${rules} rules of this SigNoz would be deleted within a minute, so this one is not`;
  const { namespace, name } = rule.metadata;
  const yes = `If it is meant, say so: kubectl -n ${namespace} annotate signozalertrule ${name} ${CONFIRM_DELETION}=true (or --all instead of the name)`;
  return blocked({ reason: 'MassDeletion', message: `${many}. ${yes}.` }, giveUpAt({ deletedAt, ...spec }));
}
