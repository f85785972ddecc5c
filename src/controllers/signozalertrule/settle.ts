import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import { keptHealing } from '../../domain/rule/healing.ts';
import { planOf } from '../../domain/rule/plan-of.ts';
import { changedThere, inSync, standing } from '../../domain/rule/rule-conditions.ts';
import type { RuleEntry } from '../../domain/rule/rule-entry.ts';
import { deletionDrift, driftOf, type RuleOutcome, type RuleTurn, timeOf } from './turn.ts';

/** The rule is right: what the status says of it then. Nothing in it changes from one look to the next unless SigNoz does. */
export function settled(turn: RuleTurn, entry: RuleEntry, duplicates: readonly string[] = []): RuleOutcome {
  const { rule, want, signoz } = turn;
  const { spec, status } = rule;
  const { url } = signoz.connection;
  // Under the policy Ignore it may be right without being what was written, and so may a rule that a person has switched off.
  const matches = entry.hash === want.hash && entry.disabled === spec.disabled;
  const written = matches ? { hash: want.hash, updatedAt: entry.updatedAt } : status?.written;
  const isStuck = spec.disabled ? entry.state !== 'disabled' : entry.disabled;
  const plan = spec.mode === 'Plan' ? planOf({ action: 'None', id: entry.id, want: want.normal, have: want.normal }) : undefined;
  return {
    status: {
      ...standing(entry, url),
      observedHash: want.hash,
      written,
      healing: keptHealing(status?.healing, { isStuck, now: turn.ctx.now() }),
      lastSyncTime: status?.lastSyncTime ?? timeOf(turn.ctx.now()),
      connection: placeOf(turn),
      plan,
    },
    conditions: inSync(entry, { spec, duplicates, written: status?.written }),
  };
}

/** Where the rule is, for whoever deletes the object later. */
export function placeOf({ rule: { spec }, signoz }: RuleTurn): NonNullable<SignozAlertRuleStatus['connection']> {
  return { url: signoz.connection.url, ...(spec.signoz && { secret: spec.signoz.secretRef.name }) };
}

/** A change in SigNoz that is only told of: once for each change. */
export function reported(turn: RuleTurn, entry: RuleEntry | undefined, live: LiveRule | undefined): RuleOutcome {
  const { rule, signoz } = turn;
  const told = rule.status?.lastDrift;
  const known = told && (entry ? told.updatedAt === entry.updatedAt : told.fields[0] === '');
  const drift = known ? told : live ? driftOf(turn, live) : deletionDrift(turn);
  if (!known) turn.deps.drifted('reported');
  return {
    status: {
      ...(entry ? { ...standing(entry, signoz.connection.url), connection: placeOf(turn) } : { remoteState: undefined, url: undefined }),
      lastDrift: drift,
      plan: undefined,
    },
    conditions: changedThere(entry, drift),
    ...(!known && {
      events: [
        { type: 'Warning', reason: 'DriftReported', message: changedThere(entry, drift)['Synced']?.message ?? '', action: 'Compare' },
      ],
    }),
  };
}
