import { PortError } from '../../domain/ports/port-error.ts';
import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';
import { readMarker, sameOwner } from '../../domain/rule/marker.ts';
import { ruleUrl } from '../../domain/rule/rule-conditions.ts';
import type { Emission } from '../../kube/reconcile.ts';
import type { RuleOutcome, RuleTurn } from './turn.ts';

/**
 * Where the object's rule is in another SigNoz than before: that one is rid of it, if it still can be reached, and what it was is forgotten.
 * Undefined where there is nothing to leave.
 */
export async function moved(turn: RuleTurn): Promise<RuleOutcome | undefined> {
  const { rule, signoz } = turn;
  const { ruleId, connection } = rule.status ?? {};
  if (ruleId === undefined || connection === undefined || connection.url === signoz.connection.url) return undefined;
  return {
    status: { ruleId: undefined, remoteState: undefined, url: undefined, written: undefined, healing: undefined, connection: undefined },
    events: [await left(turn, { id: ruleId, url: connection.url, secret: connection.secret })],
    requeueAfterMs: 0,
  };
}

interface Place {
  readonly id: string;
  readonly url: string;
  readonly secret: string | undefined;
}

async function left(turn: RuleTurn, place: Place): Promise<Emission> {
  const connection = await connectionTo(turn, place);
  const where = ruleUrl(place.url, place.id);
  const behind = (why: string): Emission => ({
    type: 'Warning',
    reason: 'LeftBehind',
    message: `Rule ${place.id} stays where this object's rule was before (${where}), ${why}: delete it there.`,
    action: 'Delete',
  });
  if (!connection) return behind('since no connection leads there any more');
  try {
    const isGone = await removedThere(turn, { connection, id: place.id });
    if (!isGone) return behind('since it does not carry the marker of this object');
    return { type: 'Normal', reason: 'Moved', message: `The rule was deleted where it was before (${where}).`, action: 'Delete' };
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return behind(`since it could not be deleted (${err.message})`);
  }
}

/** The way to where the rule was: by the Secret of that time, or by what this process knew of it then. */
async function connectionTo({ rule, deps, ctx }: RuleTurn, { url, secret }: Place): Promise<SignozConnection | undefined> {
  const source = { namespace: rule.metadata.namespace, secret };
  const resolved = await deps.connections.of(source, ctx.signal);
  return resolved.is === 'found' && resolved.connection.url === url ? resolved.connection : deps.connections.knownAt(source, url);
}

/** False where the rule is not known to be ours, and was left alone. */
async function removedThere(
  { rule, deps, ctx }: RuleTurn,
  { connection, id }: { connection: SignozConnection; id: string },
): Promise<boolean> {
  const found = await deps.rules.get(connection, id, ctx.signal);
  if (found.is !== 'found') return found.is === 'gone';
  const { namespace, name } = rule.metadata;
  const marker = readMarker(found.rule.body['source']);
  if (!marker || !sameOwner(marker, { clusterId: deps.clusterId, namespace, name })) return false;
  ctx.fence();
  await deps.rules.remove(connection, id, ctx.signal);
  return true;
}
