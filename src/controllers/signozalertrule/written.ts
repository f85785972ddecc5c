import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { ruleUrl } from '../../domain/rule/rule-conditions.ts';
import { placeOf, settled } from './settle.ts';
import { type RuleOutcome, type RuleTurn, timeOf } from './turn.ts';

/**
 * The outcome of a write: the rule as SigNoz shows it now, which alone says how it was stored and when. A step that is left, such as a second
 * write for a rule that is created disabled, is taken at once.
 */
export async function written(turn: RuleTurn, id: string, told: Pick<RuleOutcome, 'status' | 'events'>): Promise<RuleOutcome> {
  const { rule, want, signoz, ctx } = turn;
  const found = await signoz.look(id, ctx.signal);
  const entry = turn.inventory().get(id);
  if (found.is === 'gone') throw new PortError('malformed', `SigNoz took rule ${id}, and then does not know it`);
  if (found.is === 'unreadable' || !entry) return unread(turn, id, told);
  const { status, conditions } = settled(turn, entry);
  // Switched on or off as asked for: if not, the next turn says so, and when it is tried again.
  const stands = entry.disabled === rule.spec.disabled && (!rule.spec.disabled || entry.state === 'disabled');
  const done = entry.hash === want.hash && stands;
  return {
    status: {
      ...status,
      ...told.status,
      written: { hash: want.hash, updatedAt: entry.updatedAt },
      lastSyncTime: timeOf(ctx.now()),
      ...(entry.hash !== want.hash && { healing: unlike(turn) }),
      ...(rule.spec.mode === 'Plan' && { plan: status?.plan }),
    },
    ...(conditions && done && { conditions }),
    ...(told.events && { events: told.events.map(event => ({ ...event, tellsOfReady: done })) }),
    ...(!done && { requeueAfterMs: 0 }),
  };
}

/** It is there all the same: the status names it, or it would be made again and again. */
function unread(turn: RuleTurn, id: string, told: Pick<RuleOutcome, 'status' | 'events'>): RuleOutcome {
  const status = {
    ...told.status,
    ruleId: id,
    remoteState: undefined,
    url: ruleUrl(turn.signoz.connection.url, id),
    connection: placeOf(turn),
  };
  return { ...told, status, requeueAfterMs: 0 };
}

/** How often in a row SigNoz has shown something else than what was written just before. */
function unlike({ rule: { status }, want, ctx }: RuleTurn): NonNullable<SignozAlertRuleStatus['healing']> {
  const before = status?.written?.hash === want.hash ? (status.healing?.attempts ?? 0) : 0;
  return { attempts: before + 1, time: timeOf(ctx.now()) };
}
