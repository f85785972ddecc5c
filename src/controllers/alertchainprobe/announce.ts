import type { Telling } from '../../domain/ports/announcer.ts';
import { type Notice, owedNotice } from '../../domain/probe/notice.ts';
import type { StatusPatch } from '../../domain/probe/progress.ts';
import { inMaintenance } from '../../domain/schedule/maintenance.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { urlKeys } from '../../domain/text/url-keys.ts';
import type { Emission } from '../../kube/reconcile.ts';
import type { Attempt } from './deps.ts';
import type { Turn } from './run.ts';

export interface Told {
  readonly status?: StatusPatch;
  readonly requeueAfterMs?: number;
  readonly events: readonly Emission[];
}

const RETRY_MS = 30_000;
const MESSAGE_LIMIT = 500;
const NOTHING: Told = { events: [] };

/** Sends the notice that is owed and the heartbeat of a good run, each in the background, and records what was sent. */
export function announce(turn: Turn): Told {
  const unheard = heartbeat(turn);
  const told = notices(turn);
  return { ...told, events: [...told.events, ...unheard] };
}

function notices(turn: Turn): Told {
  const notice = owedNotice(turn.probe, { maintenance: inMaintenance(turn.probe.spec.maintenance, turn.observed.now) });
  if (!notice) {
    turn.deps.notices.drop(turn.key);
    return NOTHING;
  }
  const state = turn.deps.notices.state(turn.key);
  if (state?.id !== notice.mark) return send(notice, turn);
  return state.phase === 'done' ? settled(notice, state.result, turn) : NOTHING;
}

function send(notice: Telling, { key, probe, deps, ctx }: Turn): Told {
  ctx.fence();
  deps.notices.reserve(key, notice.mark);
  deps.notices.start(key, async signal => ({ announced: await deps.announcer.announce(probe, notice, signal), at: deps.now() }));
  return NOTHING;
}

/** Sent: on record, so that it is never sent again. Failed: again after a while; the chain may be down, the notice must not be lost. */
function settled(notice: Notice, { announced, at }: Attempt, turn: Turn): Told {
  if (announced.is === 'sent') return { status: { notified: notice.mark }, events: [] };
  const sinceMs = turn.observed.now.getTime() - at.getTime();
  // Before the last attempt only by a clock that was set back, which must not put the notice off.
  if (sinceMs < 0 || sinceMs >= RETRY_MS) return send({ ...notice, ...(announced.told && { told: announced.told }) }, turn);
  const message = `The notice "${notice.kind}" was not sent and is tried again in ${RETRY_MS / 1000} s: ${announced.message}`;
  return { requeueAfterMs: RETRY_MS - sinceMs, events: [{ type: 'Warning', reason: 'NotifyFailed', message, action: 'Notify' }] };
}

/**
 * One ping for each good run that this process recorded, and one at a time, since the next must not give up one that hangs before it has
 * failed. A ping that failed is told once; what was lost, in a crash too, is made good by the next run.
 */
function heartbeat(turn: Turn): readonly Emission[] {
  const { key, probe, deps, ctx } = turn;
  const run = probe.status?.lastRun;
  if (!probe.spec.heartbeat) return [];
  const unheard = failedPing(probe.spec.heartbeat.url, deps.heartbeats.takeResult(key));
  const last = deps.heartbeats.state(key);
  const free = last?.phase !== 'running' && last?.id !== run?.id;
  if (free && run?.phase === 'Passed' && deps.runs.state(key)?.id === run.id) {
    ctx.fence();
    deps.heartbeats.reserve(key, run.id);
    deps.heartbeats.start(key, signal => ping(turn, signal));
  }
  return unheard;
}

async function ping({ probe, deps }: Turn, signal: AbortSignal): Promise<Attempt> {
  const announced = await deps.announcer.heartbeat(probe, signal);
  deps.metrics.heartbeat(probe.metadata.namespace, probe.metadata.name, announced.is);
  return { announced, at: deps.now() };
}

function failedPing(url: string, attempt: Attempt | undefined): readonly Emission[] {
  if (attempt?.announced.is !== 'failed') return [];
  const message = `The dead man's switch of spec.heartbeat was not reached: ${excerpt(attempt.announced.message, urlKeys(url), MESSAGE_LIMIT)}`;
  return [{ type: 'Warning', reason: 'HeartbeatFailed', message, action: 'Notify' }];
}
