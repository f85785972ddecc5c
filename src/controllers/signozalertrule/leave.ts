import type { RuleBody } from '../../domain/ports/signoz-rules.ts';
import { readMarker, sameOwner } from '../../domain/rule/marker.ts';
import { recordedId } from './recorded.ts';
import type { Removal } from './remove.ts';
import type { Signoz } from './signoz.ts';
import { keyOf } from './turn.ts';

/** A rule of a deleted object; without `body` SigNoz cannot read it. */
export interface LeftRule {
  readonly id: string;
  readonly state?: string;
  readonly body?: RuleBody;
}

/** The rules of a deleted object as SigNoz shows them now: those with its marker, and the one that its status names, unless that is another's. */
export async function rulesLeft({ rule, deps, ctx }: Removal, signoz: Signoz): Promise<readonly LeftRule[]> {
  const { namespace, name } = rule.metadata;
  const id = recordedId(rule.status, signoz.connection.url);
  const marked = (signoz.inventory?.ownedBy(keyOf(rule)) ?? []).map(entry => entry.id);
  const rules: LeftRule[] = [];
  for (const each of new Set([...(id === undefined ? [] : [id]), ...marked])) {
    const found = await signoz.look(each, ctx.signal);
    if (found.is === 'unreadable') rules.push({ id: each });
    if (found.is !== 'found') continue;
    const marker = readMarker(found.rule.body['source']);
    if (!marker || sameOwner(marker, { clusterId: deps.clusterId, namespace, name })) rules.push(found.rule);
  }
  return rules;
}

/** Deletes one rule, or writes it as it stands and disabled; one that cannot be read is never evaluated anyhow. */
export async function unmade({ id, state, body }: LeftRule, { removal, signoz }: { removal: Removal; signoz: Signoz }): Promise<void> {
  const { spec, deps, ctx } = removal;
  const { connection } = signoz;
  await signoz.write(ctx.priority, ctx.signal, async () => {
    ctx.fence();
    if (spec.deletionPolicy === 'Disable') {
      if (body && state !== 'disabled') await deps.rules.replace(connection, { id, body: { ...body, disabled: true } }, ctx.signal);
      return;
    }
    await deps.rules.remove(connection, id, ctx.signal);
    signoz.forgetRule(id);
  });
}
