import { type DeletionSpec, deletionSpec } from '../../crds/signozalertrule/deletion.ts';
import { durationMs } from '../../crds/duration.ts';
import { RULE_FINALIZER } from '../../crds/signozalertrule/kind.ts';
import type { StoredSignozAlertRule } from '../../crds/signozalertrule/stored.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';
import { giveUpAt } from '../../domain/rule/deletion-step.ts';
import { planOf } from '../../domain/rule/plan-of.ts';
import { planPending, ruleUrl } from '../../domain/rule/rule-conditions.ts';
import type { Context, Emission } from '../../kube/reconcile.ts';
import { blocked } from './blocked.ts';
import type { ResolvedConnection } from './connections.ts';
import type { RuleDeps } from './deps.ts';
import { explain } from './faults.ts';
import { rulesLeft, unmade } from './leave.ts';
import { type Parted, partedFrom } from './left-behind.ts';
import { counted, guarded, isConfirmed } from './mass-deletion.ts';
import { leavingOf, recordedId } from './recorded.ts';
import type { Signoz } from './signoz.ts';
import { keyOf, type RuleOutcome } from './turn.ts';

export interface Removal {
  readonly rule: StoredSignozAlertRule;
  readonly spec: DeletionSpec;
  readonly deletedAt: Date;
  readonly deps: RuleDeps;
  readonly ctx: Context;
}

/**
 * Deals with the rule of a deleted object as its policy says, and lets the object go. Whatever stands in the way, it does so for no longer
 * than spec.finalizerTimeout: a namespace must not hang on a SigNoz that is gone.
 */
export async function removed(rule: StoredSignozAlertRule, { deps, ctx }: { deps: RuleDeps; ctx: Context }): Promise<RuleOutcome> {
  const { finalizers = [], deletionTimestamp = '' } = rule.metadata;
  if (!finalizers.includes(RULE_FINALIZER)) return {};
  const spec = deletionSpec(rule.spec);
  const removal: Removal = { rule, spec, deletedAt: new Date(deletionTimestamp), deps, ctx };
  if (spec.suspend || spec.deletionPolicy === 'Orphan')
    return released(removal, { type: 'Normal', reason: 'Orphaned', message: left(removal, 'as the object asks for') });
  const giveUp = giveUpAt({ deletedAt: removal.deletedAt, finalizerTimeout: spec.finalizerTimeout });
  if (giveUp <= ctx.now())
    return released(removal, {
      type: 'Warning',
      reason: 'Orphaned',
      message: left(removal, `since it could not be dealt with in ${spec.finalizerTimeout}`),
    });
  try {
    return held(await attempted(removal), { removal, giveUp });
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return held(blocked(err.statusCode === 409 ? MAINTAINED : explain(err), giveUp), { removal, giveUp });
  }
}

const MAINTAINED = {
  reason: 'HeldByMaintenance',
  message:
    'A planned maintenance in SigNoz names the rule, and SigNoz deletes none of those: take the rule out of it there. It is tried again by itself.',
};

/**
 * However long something asks to wait: the object is let go in time. What stands in the way is tried again after as long as it has stood
 * there, so that a single answer that is lost delays little, and a SigNoz that is gone is not asked for ever.
 */
function held(outcome: RuleOutcome, { removal, giveUp }: { removal: Removal; giveUp: Date }): RuleOutcome {
  if (outcome.finalizers) return outcome;
  const nowMs = removal.ctx.now().getTime();
  const stoodMs = nowMs - removal.deletedAt.getTime();
  const againMs = outcome.requeueAfterMs ?? Math.min(LONGEST_RECHECK_MS, Math.max(SHORTEST_RECHECK_MS, stoodMs));
  return { ...outcome, requeueAfterMs: Math.min(againMs, Math.max(0, giveUp.getTime() - nowMs)) };
}

const SHORTEST_RECHECK_MS = 1_000;
const LONGEST_RECHECK_MS = 15_000;

async function attempted(removal: Removal): Promise<RuleOutcome> {
  const place = await placeOf(removal);
  if (place.is === 'missing') return blocked(place, giveUpAt({ deletedAt: removal.deletedAt, ...removal.spec }));
  const signoz = boundTo(place.connection, removal);
  counted(removal, signoz);
  const { inventory, fault } = signoz;
  if (fault) throw fault;
  const key = keyOf(removal.rule);
  if (!inventory || signoz.isUnsettled(key)) {
    signoz.awaitList(key, removal.ctx.priority);
    return { undecided: true };
  }
  return decided(removal, signoz);
}

/** Where the rule is; the Secret may be gone already, and what it held last then serves. */
async function placeOf({ rule, spec, deps, ctx }: Removal): Promise<ResolvedConnection> {
  const source = { namespace: rule.metadata.namespace, secret: spec.signoz?.secretRef.name };
  const resolved = await deps.connections.of(source, ctx.signal);
  const last = source.secret === undefined ? undefined : deps.connections.lastKnown(source);
  return resolved.is === 'missing' && last ? { is: 'found', connection: last } : resolved;
}

function boundTo(connection: SignozConnection, { rule, spec, deps }: Removal): Signoz {
  const source = { namespace: rule.metadata.namespace, secret: spec.signoz?.secretRef.name };
  const watch = { ignore: [], resyncMs: durationMs(spec.resync), ruleId: recordedId(rule.status, connection.url) };
  return deps.signozes.bind(keyOf(rule), { connection, source, watch });
}

async function decided(removal: Removal, signoz: Signoz): Promise<RuleOutcome> {
  const { rule, spec, deps, ctx } = removal;
  const waits = unapproved(removal) ?? guarded(removal, signoz);
  if (waits) return waits;
  const { refusal } = signoz.rest;
  if (refusal) throw refusal.why;
  if (!signoz.admits(keyOf(rule), ctx.priority)) return { undecided: true };
  const rules = await rulesLeft(removal, signoz);
  for (const one of rules) await unmade(one, { removal, signoz });
  deps.deletions.done(keyOf(rule), { at: ctx.now(), confirmed: isConfirmed(rule) });
  const deletes = spec.deletionPolicy === 'Delete';
  const { url } = signoz.connection;
  const leaving = leavingOf(rule.status, { url, ruleId: recordedId(rule.status, url), now: ctx.now() });
  const { told, still, why } = await partedFrom(leaving, { metadata: rule.metadata, deletes, patient: () => true, deps, ctx });
  if (still.length > 0) return stillElsewhere(removal, { told, still, why });
  const what = deletes ? 'deleted' : 'disabled';
  const message = rules.length === 0 ? 'SigNoz had no rule of this object any more.' : `The rule was ${what} in SigNoz.`;
  return released(removal, { type: 'Normal', reason: deletes ? 'Deleted' : 'Disabled', message }, ...told);
}

/** Its rule here is gone: what is left is where the object pointed to before. */
function stillElsewhere({ spec, deletedAt }: Removal, { told, still, why }: Parted): RuleOutcome {
  const busy = {
    reason: 'Leaving',
    message: 'Other objects leave the SigNoz that this one pointed to before. It is tried again by itself.',
  };
  const { conditions } = blocked(why ? explain(why) : busy, giveUpAt({ deletedAt, ...spec }));
  const status = { ruleId: undefined, url: undefined, remoteState: undefined, connection: undefined, leaving: [...still] };
  return { status, ...(conditions && { conditions }), events: told };
}

function unapproved({ rule, spec, deletedAt }: Removal): RuleOutcome | undefined {
  if (spec.mode !== 'Plan') return undefined;
  const plan = planOf({ action: spec.deletionPolicy === 'Disable' ? 'Disable' : 'Delete', id: rule.status?.ruleId ?? rule.metadata.uid });
  if (spec.approvedPlan === plan.hash) return undefined;
  const pending = planPending(plan)['Ready'];
  const { conditions } = blocked({ reason: 'PlanPending', message: pending?.message ?? '' }, giveUpAt({ deletedAt, ...spec }));
  return { status: { plan }, ...(conditions && { conditions }) };
}

function left({ rule, ctx }: Removal, why: string): string {
  const { ruleId, connection } = rule.status ?? {};
  const here = ruleId !== undefined && connection !== undefined ? [{ ruleId, connection }] : [];
  const rules = [...here, ...leavingOf(rule.status, { url: connection?.url ?? '', ruleId, now: ctx.now() })];
  if (rules.length === 0) return `The object was let go, and what it may have in SigNoz was left there ${why}.`;
  const which = rules.map(one => `Rule ${one.ruleId} was left in SigNoz (${ruleUrl(one.connection.url, one.ruleId)})`);
  return `${which.join(', and ')} ${why}.`;
}

function released({ rule, deps }: Removal, ...told: readonly (Emission | undefined)[]): RuleOutcome {
  const { finalizers = [] } = rule.metadata;
  deps.forget(keyOf(rule));
  return {
    finalizers: finalizers.filter(name => name !== RULE_FINALIZER),
    events: told.flatMap(one => (one ? [{ action: 'Delete', ...one }] : [])),
  };
}
