import { nextTry } from '../domain/delivery/next-try.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Outbox, Work } from '../domain/ports/outbox.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { orAborted } from '../domain/signals/or-aborted.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import type { DeliveryMetrics } from '../telemetry/delivery-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Delivered, DeliveryChannel, Job } from './channel.ts';
import type { Circuits } from './circuits.ts';
import { behindOthers } from './forerunners.ts';
import { type Records, records } from './records.ts';

export interface ActDeps {
  readonly outbox: Outbox;
  readonly incidents: Pick<IncidentStore, 'find'>;
  readonly channels: readonly DeliveryChannel[];
  readonly circuits: Circuits;
  readonly metrics: Pick<DeliveryMetrics, 'outcome' | 'took'>;
  readonly log: Logger;
  readonly random: () => number;
  readonly giveUpAfterMs: number;
  /** How long one delivery may take, by channel. */
  readonly withinMs: (channel: string) => number;
  /** Well under the time after which a replica that says nothing loses its work. */
  readonly sayEveryMs: number;
  /** Aborts when we close and waiting for the end is over. */
  readonly hurry: AbortSignal;
}

/** How one attempt went. */
type Attempt =
  | (Delivered & { readonly revision: number })
  | { readonly is: 'failed'; readonly err: unknown }
  | { readonly is: 'cut-short' };

/** Does one piece of work and records what came of it. Never throws: what cannot be recorded is given out again by the outbox. */
export function act(deps: ActDeps): (work: Work) => Promise<void> {
  const record = records(deps);

  return async work => {
    const began = performance.now();
    const kept = keeper(work, deps);
    const attempt = await attempted(work, { ...deps, kept });
    kept.stop();
    if (attempt.is === 'cut-short') return record.putBack(work, 0);
    const outcome = await recorded({ ...work, memo: kept.memo() }, attempt, { ...deps, record });
    deps.metrics.outcome(work.channel, outcome);
    deps.metrics.took(work.channel, (performance.now() - began) / 1000);
  };
}

interface Keeper {
  readonly remember: (memo: Work['memo']) => Promise<void>;
  readonly memo: () => Work['memo'];
  stop(): void;
}

const SAYING_WITHIN_MS = 5_000;

/** Keeps the memo, and tells the outbox now and then that we are still at it. */
function keeper(work: Work, { outbox, sayEveryMs }: ActDeps): Keeper {
  let memo = work.memo;
  const say = (): Promise<void> => outbox.remember(work, memo, AbortSignal.timeout(SAYING_WITHIN_MS));
  // Where it cannot be said the work may be given out again, which the memo makes harmless.
  const timer = setInterval(() => void say().catch(() => {}), sayEveryMs);
  return {
    async remember(next) {
      memo = next;
      await say();
    },
    memo: () => memo,
    stop: () => clearInterval(timer),
  };
}

async function attempted(work: Work, { kept, ...deps }: ActDeps & { kept: Keeper }): Promise<Attempt> {
  const signal = AbortSignal.any([deps.hurry, AbortSignal.timeout(deps.withinMs(work.channel))]);
  try {
    return await brought(work, { ...deps, kept, signal });
  } catch (err) {
    if (deps.hurry.aborted) return { is: 'cut-short' };
    return { is: 'failed', err: signal.aborted ? tooSlow(work.channel, err) : err };
  }
}

async function brought(work: Work, { kept, signal, ...deps }: ActDeps & { kept: Keeper; signal: AbortSignal }): Promise<Attempt> {
  const { incidents, channels } = deps;
  const found = behindOthers(channels, { work, find: () => incidents.find(work.incidentId, signal) });
  const incident = await orAborted(signal, found);
  if (!incident) return { is: 'skipped', reason: 'the incident is gone by age', revision: 0 };
  const channel = channels.find(({ name }) => name === work.channel);
  const { revision } = incident;
  if (!channel) return { is: 'skipped', reason: `the channel ${work.channel} is no longer set up`, revision };
  return { revision, ...(await delivered(channel, { incident, work, remember: kept.remember }, { ...deps, signal })) };
}

/** What comes of it also tells of the channel as a whole. */
async function delivered(
  channel: DeliveryChannel,
  job: Job,
  { circuits, hurry, signal }: Pick<ActDeps, 'circuits' | 'hurry'> & { signal: AbortSignal },
): Promise<Delivered> {
  circuits.begun(channel.name);
  try {
    // A channel that does not heed its signal must not keep its place for ever.
    const done = await orAborted(signal, channel.deliver(job, signal));
    circuits.ended(channel.name, done.is);
    return done;
  } catch (err) {
    const fault = err instanceof PortError && !err.ofStore ? err.fault : 'broke';
    if (!hurry.aborted) circuits.ended(channel.name, signal.aborted ? 'unreachable' : fault);
    throw err;
  }
}

function tooSlow(channel: string, cause: unknown): PortError {
  return new PortError('unreachable', `${channel} did not end in time`, { cause, detail: 'timed-out' });
}

type Outcome = 'delivered' | 'skipped' | 'postponed' | 'failed' | 'dead';

async function recorded(work: Work, attempt: Exclude<Attempt, { is: 'cut-short' }>, deps: ActDeps & { record: Records }): Promise<Outcome> {
  const { record } = deps;
  if (attempt.is === 'failed') return failed(work, attempt.err, deps);
  if (attempt.is === 'postponed') {
    await record.postponed(work, attempt);
    return 'postponed';
  }
  const memo = attempt.memo ?? work.memo;
  const { is: state, revision } = attempt;
  await record.done(work, { state, revision, memo, ...(attempt.is === 'skipped' && { reason: attempt.reason }) });
  return state;
}

async function failed(work: Work, err: unknown, { record, log, circuits, ...deps }: ActDeps & { record: Records }): Promise<Outcome> {
  const { incidentId: incident, channel, attempts, since, takenAt } = work;
  const known = err instanceof PortError;
  const reason = known ? excerpt(err.message, [], 1000) : `it broke inside the operator (${err instanceof Error ? err.name : typeof err})`;
  const fault = known ? err.fault : undefined;
  const retryAfterMs = known ? err.retryAfterMs : undefined;
  const next = nextTry({ ...deps, fault, attempts, since, now: takenAt, retryAfterMs });
  const fields = { incident, channel, attempts: attempts + 1, fault, reason };
  if (!known) log.error({ ...fields, err }, 'a delivery broke; it is tried again');
  if (next.is === 'give-up') {
    log.error(fields, 'a delivery is given up; see awoooi deliveries list');
    await record.givenUp(work, reason);
    return 'dead';
  }
  // Its own backoff is for what is wrong with it alone.
  const heldMs = retryAfterMs === undefined ? circuits.againInMs(channel) : undefined;
  const afterMs = Math.min(next.afterMs, heldMs ?? next.afterMs);
  log.warn({ ...fields, againInMs: afterMs }, 'a delivery failed; it is tried again');
  await record.again(work, { afterMs, reason });
  return 'failed';
}
