import type { Telling } from '../../domain/ports/announcer.ts';
import { type Notice, owedNotice } from '../../domain/probe/notice.ts';
import type { StatusPatch } from '../../domain/probe/progress.ts';
import { inMaintenance } from '../../domain/schedule/maintenance.ts';
import type { Emission } from '../../kube/reconcile.ts';
import type { Attempt } from './deps.ts';
import type { Turn } from './run.ts';
import type { Tasks } from './tasks.ts';

export interface Told {
  readonly status?: StatusPatch;
  readonly requeueAfterMs?: number;
  readonly events: readonly Emission[];
}

const RETRY_MS = 30_000;
const NOTHING: Told = { events: [] };

/** Sends the notice that is owed and the heartbeat of a good run, each in the background, and records what was sent. */
export function announce(turn: Turn): Told {
  heartbeat(turn);
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

/** One ping for each good run that this process recorded; a ping lost in a crash is made good by the next run. */
function heartbeat({ key, probe, deps, ctx }: Turn): void {
  const run = probe.status?.lastRun;
  const recorded = deps.runs.state(key);
  if (!probe.spec.heartbeat || run?.phase !== 'Passed' || recorded?.id !== run.id || pinged(deps.heartbeats, key, run.id)) return;
  ctx.fence();
  deps.heartbeats.reserve(key, run.id);
  deps.heartbeats.start(key, async signal => ({ announced: await deps.announcer.heartbeat(probe, signal), at: deps.now() }));
}

const pinged = (heartbeats: Tasks<Attempt>, key: string, runId: string): boolean => heartbeats.state(key)?.id === runId;
