import type { RuleLeaving } from '../../crds/signozalertrule/status.ts';
import { PortError, passesByItself } from '../../domain/ports/port-error.ts';
import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';
import { readMarker, sameOwner } from '../../domain/rule/marker.ts';
import { ruleUrl } from '../../domain/rule/rule-conditions.ts';
import type { Context, Emission, KubeMeta } from '../../kube/reconcile.ts';
import type { RuleDeps } from './deps.ts';

export interface Moved {
  readonly metadata: KubeMeta;
  /** Whether the rules of before may be deleted. */
  readonly deletes: boolean;
  /** Whether there is time to ask again where the SigNoz of before does not answer. */
  readonly patient: (one: RuleLeaving) => boolean;
  readonly deps: RuleDeps;
  readonly ctx: Context;
}

export interface Parted {
  readonly told: readonly Emission[];
  /** Those to be asked for again. */
  readonly still: readonly RuleLeaving[];
  /** Why, where anything is known. */
  readonly why: PortError | undefined;
}

/** Deals with the rules in each SigNoz that an object pointed to before; those that do not answer hold up none of the others. */
export async function partedFrom(leaving: readonly RuleLeaving[], moved: Moved): Promise<Parted> {
  const all = await Promise.all(leaving.map(async one => ({ one, end: await endOf(one, moved) })));
  const [told, still]: [Emission[], RuleLeaving[]] = [[], []];
  let why: PortError | undefined;
  for (const { one, end } of all) {
    if (end !== undefined && !(end instanceof PortError)) told.push(end);
    else still.push(one);
    if (end instanceof PortError) why = end;
  }
  return { told, still, why };
}

/** What there is to tell of it; undefined or a fault where it is to be asked for again. */
async function endOf(one: RuleLeaving, moved: Moved): Promise<Emission | PortError | undefined> {
  try {
    return await leftBehind(one, moved);
  } catch (err) {
    if (passesByItself(err)) return err;
    throw err;
  }
}

/**
 * The rule is deleted where that SigNoz can still be reached as it was and the rule has our marker; else it stays, and somebody has to know,
 * since it may still fire. Throws PortError while there is time for what passes by itself.
 */
async function leftBehind(one: RuleLeaving, moved: Moved): Promise<Emission | undefined> {
  const { ruleId, connection } = one;
  const at = ruleUrl(connection.url, ruleId);
  const outcome = moved.deletes
    ? await withdrawn(one, moved).catch(err => unreached(err, moved.patient(one)))
    : 'because it is not to be deleted';
  if (outcome === undefined) return undefined;
  if (outcome === 'gone')
    return { type: 'Normal', reason: 'Moved', message: `Rule ${ruleId} of the SigNoz of before (${at}) is deleted.`, action: 'Move' };
  const message = `Rule ${ruleId} was left behind in the SigNoz that the object pointed to before (${at}), ${outcome}: delete it there, or it goes on to fire.`;
  return { type: 'Warning', reason: 'LeftBehind', message, action: 'Move' };
}

/** `gone`, or why it is not; undefined where others are asking. */
async function withdrawn(
  { ruleId, connection: { url, secret } }: RuleLeaving,
  { metadata, deps, ctx }: Moved,
): Promise<string | undefined> {
  const { namespace, name } = metadata;
  const connection = await connectionOf({ namespace, secret, url }, { deps, ctx });
  if (!connection) return 'which can no longer be reached as it was';
  return deps.signozes.departures.ask(url, ctx.signal, signal =>
    deps.signozes.laneOf(url).run(ctx.priority, signal, async () => {
      const found = await deps.rules.get(connection, ruleId, signal);
      if (found.is === 'gone') return 'gone';
      const marker = found.is === 'found' ? readMarker(found.rule.body['source']) : undefined;
      if (!marker || !sameOwner(marker, { clusterId: deps.clusterId, namespace, name })) return 'where it no longer carries our marker';
      ctx.fence();
      await deps.rules.remove(connection, ruleId, signal);
      return 'gone';
    }),
  );
}

interface Place {
  readonly namespace: string;
  readonly secret: string | undefined;
  readonly url: string;
}

/** What leads to where the rule was; undefined once it leads elsewhere. */
async function connectionOf(
  { namespace, secret, url }: Place,
  { deps, ctx }: Pick<Moved, 'deps' | 'ctx'>,
): Promise<SignozConnection | undefined> {
  const resolved = await deps.connections.refresh({ namespace, secret }, ctx.signal);
  return resolved.is === 'found' && resolved.connection.url === url ? resolved.connection : undefined;
}

function unreached(err: unknown, patient: boolean): string {
  if (err instanceof PortError && !(patient && passesByItself(err))) return 'which refused or did not answer';
  throw err;
}
