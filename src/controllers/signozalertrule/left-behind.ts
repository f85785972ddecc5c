import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import { PortError, passesByItself } from '../../domain/ports/port-error.ts';
import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';
import { readMarker, sameOwner } from '../../domain/rule/marker.ts';
import { ruleUrl } from '../../domain/rule/rule-conditions.ts';
import type { Context, Emission, KubeMeta } from '../../kube/reconcile.ts';
import type { RuleDeps } from './deps.ts';

export interface Moved {
  readonly metadata: KubeMeta;
  /** As it stood before the object pointed elsewhere. */
  readonly before: { readonly ruleId: string; readonly connection: NonNullable<SignozAlertRuleStatus['connection']> };
  /** Whether the rule of before may be deleted. */
  readonly deletes: boolean;
  /** Whether there is time to ask again where the SigNoz of before does not answer. */
  readonly patient: boolean;
  readonly deps: RuleDeps;
  readonly ctx: Context;
}

/** Where the status has the object's rule, if that is not the SigNoz at `url`. */
export function elsewhere(status: SignozAlertRuleStatus | undefined, url: string): Moved['before'] | undefined {
  const { ruleId, connection } = status ?? {};
  return ruleId !== undefined && connection !== undefined && connection.url !== url ? { ruleId, connection } : undefined;
}

/**
 * Deals with the rule in the SigNoz that an object pointed to before, and tells of it. It is deleted where that SigNoz can still be reached as
 * it was and the rule has our marker; else it stays, and somebody has to know, since it may still fire. Throws PortError while there is time
 * for what passes by itself.
 */
export async function leftBehind(moved: Moved): Promise<Emission> {
  const { ruleId, connection } = moved.before;
  const at = ruleUrl(connection.url, ruleId);
  const outcome = moved.deletes ? await withdrawn(moved).catch(err => unreached(err, moved)) : 'because it is not to be deleted';
  if (outcome === 'gone')
    return { type: 'Normal', reason: 'Moved', message: `Rule ${ruleId} of the SigNoz of before (${at}) is deleted.`, action: 'Move' };
  const message = `Rule ${ruleId} was left behind in the SigNoz that the object pointed to before (${at}), ${outcome}: delete it there, or it goes on to fire.`;
  return { type: 'Warning', reason: 'LeftBehind', message, action: 'Move' };
}

/** `gone`, or why it is not. */
async function withdrawn(moved: Moved): Promise<string> {
  const { metadata, before, deps, ctx } = moved;
  const { namespace, name } = metadata;
  const connection = await connectionOf(moved);
  if (!connection) return 'which can no longer be reached as it was';
  return deps.signozes.laneOf(connection.url).run(ctx.priority, ctx.signal, async () => {
    const found = await deps.rules.get(connection, before.ruleId, ctx.signal);
    if (found.is === 'gone') return 'gone';
    const marker = found.is === 'found' ? readMarker(found.rule.body['source']) : undefined;
    if (!marker || !sameOwner(marker, { clusterId: deps.clusterId, namespace, name })) return 'where it no longer carries our marker';
    ctx.fence();
    await deps.rules.remove(connection, before.ruleId, ctx.signal);
    return 'gone';
  });
}

/** What leads to where the rule was; undefined once it leads elsewhere. */
async function connectionOf({ metadata, before, deps, ctx }: Moved): Promise<SignozConnection | undefined> {
  const { url, secret } = before.connection;
  const resolved = await deps.connections.refresh({ namespace: metadata.namespace, secret }, ctx.signal);
  return resolved.is === 'found' && resolved.connection.url === url ? resolved.connection : undefined;
}

function unreached(err: unknown, { patient }: Moved): string {
  if (err instanceof PortError && !(patient && passesByItself(err))) return 'which refused or did not answer';
  throw err;
}
