import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import { readMarker, sameOwner } from '../../domain/rule/marker.ts';
import type { Removal } from './remove.ts';
import type { Signoz } from './signoz.ts';
import { keyOf } from './turn.ts';

/** The rules of a deleted object as SigNoz shows them now: those with its marker, and the one that its status names, unless that is another's. */
export async function rulesLeft({ rule, deps, ctx }: Removal, signoz: Signoz): Promise<readonly LiveRule[]> {
  const { namespace, name } = rule.metadata;
  const { ruleId, connection } = rule.status ?? {};
  const recorded = ruleId !== undefined && connection?.url === signoz.connection.url ? [ruleId] : [];
  const marked = (signoz.inventory?.ownedBy(keyOf(rule)) ?? []).map(({ id }) => id);
  const rules: LiveRule[] = [];
  for (const id of new Set([...recorded, ...marked])) {
    const found = await signoz.look(id, ctx.signal);
    if (found.is !== 'found') continue;
    const marker = readMarker(found.rule.body['source']);
    if (!marker || sameOwner(marker, { clusterId: deps.clusterId, namespace, name })) rules.push(found.rule);
  }
  return rules;
}

/** Deletes one rule, or writes it as it stands and disabled. */
export async function unmade(live: LiveRule, { removal, signoz }: { removal: Removal; signoz: Signoz }): Promise<void> {
  const { spec, deps, ctx } = removal;
  const { connection } = signoz;
  await signoz.write(ctx.priority, ctx.signal, async () => {
    ctx.fence();
    if (spec.deletionPolicy === 'Disable') {
      if (live.state !== 'disabled')
        await deps.rules.replace(connection, { id: live.id, body: { ...live.body, disabled: true } }, ctx.signal);
      return;
    }
    await deps.rules.remove(connection, live.id, ctx.signal);
    signoz.forgetRule(live.id);
  });
}
