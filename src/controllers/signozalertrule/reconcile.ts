import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import { durationMs } from '../../crds/duration.ts';
import type { Wanted } from '../../domain/rule/wanted-rule.ts';
import { reconciling, stalled, suspended, unknownNow } from '../../domain/rule/rule-conditions.ts';
import type { Context, Reconcile } from '../../kube/reconcile.ts';
import { act } from './act.ts';
import type { ConnectionSource } from './connections.ts';
import type { RuleDeps } from './deps.ts';
import { faultConditions } from './faults.ts';
import { movedOn } from './moved-on.ts';
import { recordedId } from './recorded.ts';
import { requests } from '../../domain/objects/requests.ts';
import { sightOf } from './sight.ts';
import type { Signoz } from './signoz.ts';
import { keyOf, type RuleOutcome, type RuleTurn } from './turn.ts';

const CHANNEL_RECHECK_MS = 30_000;

/**
 * Keeps one rule of SigNoz as its object asks for it: one thing at a time, decided on what SigNoz shows, and repeated until there is nothing
 * left to do.
 */
export function ruleReconciler(deps: RuleDeps): Reconcile<SignozAlertRule> {
  return async function reconcile(rule, ctx) {
    const asked = requests(rule);
    const outcome = rule.spec.suspend ? stopped(rule, deps) : await kept(rule, { deps, ctx, closely: asked.open });
    return { ...outcome, status: { ...outcome.status, ...(outcome.finalizers ? {} : asked.status) } };
  };
}

function stopped(rule: SignozAlertRule, { signozes }: RuleDeps): RuleOutcome {
  signozes.release(keyOf(rule));
  return { conditions: suspended() };
}

interface Keeping {
  readonly deps: RuleDeps;
  readonly ctx: Context;
  /** Somebody asked for a look just now. */
  readonly closely: boolean;
}

async function kept(rule: SignozAlertRule, { deps, ctx, closely }: Keeping): Promise<RuleOutcome> {
  const want = deps.wanted(rule);
  if (!want.ok) return { conditions: stalled(want.reason, want.message) };
  const source = { namespace: rule.metadata.namespace, secret: rule.spec.signoz?.secretRef.name };
  const resolved = await deps.connections.of(source, ctx.signal);
  if (resolved.is === 'missing') {
    const { reason, message } = resolved;
    // Nothing more is asked with a key that nobody gives any longer.
    deps.signozes.release(keyOf(rule));
    deps.signozes.awaitSource(keyOf(rule), source, resolved);
    return { conditions: { ...unknownNow(reason, message), ...stalled(reason, message) } };
  }
  const signoz = bound(rule, { deps, source, connection: resolved.connection });
  const { inventory, fault } = signoz;
  if (fault) return { conditions: faultConditions(fault) };
  if (!inventory || signoz.isUnsettled(keyOf(rule))) return awaited(rule, { signoz, ctx });
  return (
    (await withoutChannels(want, { key: keyOf(rule), signoz, ctx })) ??
    synchronised({ key: keyOf(rule), rule, want, signoz, inventory: () => signoz.inventory ?? inventory, deps, ctx }, closely)
  );
}

interface Binding {
  readonly deps: RuleDeps;
  readonly source: ConnectionSource;
  readonly connection: Signoz['connection'];
}

function bound(rule: SignozAlertRule, { deps, source, connection }: Binding): Signoz {
  const { drift, resync } = rule.spec;
  const watch = { ignore: drift.ignoreFields, resyncMs: durationMs(resync), ruleId: recordedId(rule.status, connection.url) };
  return deps.signozes.bind(keyOf(rule), { connection, source, watch });
}

function awaited(rule: SignozAlertRule, { signoz, ctx }: { signoz: Signoz; ctx: Context }): RuleOutcome {
  signoz.awaitList(keyOf(rule), ctx.priority);
  if (rule.status?.conditions !== undefined) return { undecided: true };
  return { conditions: reconciling('WaitingForSignoz', 'SigNoz is asked which rules it has.') };
}

type Asked = { readonly key: string; readonly signoz: Signoz; readonly ctx: Context };

async function withoutChannels({ channels }: Extract<Wanted, { ok: true }>, asked: Asked): Promise<RuleOutcome | undefined> {
  const { key, signoz, ctx } = asked;
  const found = await signoz.channels.missing(channels, { key, priority: ctx.priority, signal: ctx.signal });
  if (!found) return { undecided: true };
  const { missing, existing } = found;
  if (missing.length === 0) return undefined;
  const there = existing.length === 0 ? 'it has none at all' : `it has ${shown(existing)}`;
  const message = `SigNoz has no channel ${shown(missing)}; ${there}. Create the channel there, or name another one.`;
  return { conditions: stalled('ChannelNotFound', message), requeueAfterMs: CHANNEL_RECHECK_MS };
}

const MOST_NAMES = 20;

function shown(names: readonly string[]): string {
  const some = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${some} and ${names.length - MOST_NAMES} more` : some;
}

async function synchronised(turn: RuleTurn, closely: boolean): Promise<RuleOutcome> {
  const { rule, want, signoz, inventory, deps, ctx } = turn;
  const { namespace, name, uid } = rule.metadata;
  const outcome = await act(turn, near =>
    sightOf(rule, {
      signoz,
      inventory,
      owner: { clusterId: deps.clusterId, namespace, name, uid },
      want,
      recordedId: recordedId(rule.status, signoz.connection.url),
      closely: near || closely,
      now: ctx.now,
      signal: ctx.signal,
    }),
  );
  return movedOn(turn, outcome);
}
