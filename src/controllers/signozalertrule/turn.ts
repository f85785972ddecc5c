import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { RuleDrift, SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import { differences } from '../../domain/rule/differences.ts';
import { normalForm } from '../../domain/rule/normal-form.ts';
import type { Wanted } from '../../domain/rule/wanted-rule.ts';
import { cut } from '../../domain/text/cut.ts';
import type { Context, Outcome } from '../../kube/reconcile.ts';
import type { RuleDeps } from './deps.ts';
import type { Inventory } from './inventory.ts';
import type { Signoz } from './signoz.ts';

export type RuleOutcome = Outcome<SignozAlertRuleStatus>;

/** What one turn of one object works with, once its SigNoz is known and answers. */
export interface RuleTurn {
  readonly key: string;
  readonly rule: SignozAlertRule;
  readonly want: Extract<Wanted, { ok: true }>;
  readonly signoz: Signoz;
  /** As it is when it is asked for: a list may end at any time. */
  readonly inventory: () => Inventory;
  readonly deps: RuleDeps;
  readonly ctx: Context;
}

export const keyOf = ({ metadata }: Pick<SignozAlertRule, 'metadata'>): string => `${metadata.namespace}/${metadata.name}`;

/** Of RFC 3339 with whole seconds, as all times of Kubernetes. */
export const timeOf = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** A status must hold what is told of a change: SigNoz sets no bounds to what people write there. */
const MOST_FIELDS = 100;
const LONGEST_FIELD = 256;

/** The change that somebody made to a rule, place by place. */
export function driftOf({ want, rule, ctx }: RuleTurn, live: LiveRule): RuleDrift {
  const found = differences(want.normal, normalForm(live.body), rule.spec.drift.ignoreFields);
  return {
    time: timeOf(ctx.now()),
    fields: found.slice(0, MOST_FIELDS).map(({ pointer }) => cut(pointer, LONGEST_FIELD)),
    ...(live.updatedBy !== '' && { updatedBy: live.updatedBy }),
    updatedAt: live.updatedAt,
  };
}

/** The whole rule, deleted by nobody knows whom. */
export function deletionDrift({ ctx }: RuleTurn): RuleDrift {
  return { time: timeOf(ctx.now()), fields: [''] };
}
