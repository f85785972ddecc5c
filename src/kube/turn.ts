import type { ControllerOptions, Leadership, TurnResult } from './controller.ts';
import { splitKey } from './key.ts';
import type { OwnWrites } from './own-writes.ts';
import type { TurnEnd } from './queue.ts';
import type { Priority } from './ready-keys.ts';
import type { Decision, Fault, KubeObject, Outcome, StatusOf } from './reconcile.ts';
import { requeuePriority } from './requeue-priority.ts';
import { isConflict, isGone, readLive } from './status.ts';
import { takeover } from './takeover.ts';
import { outcomeWriter } from './write-outcome.ts';

export interface TurnOptions<T extends KubeObject> {
  readonly controller: ControllerOptions<T>;
  readonly own: OwnWrites<T>;
  readonly leadership: Leadership;
  /** Asks the queue for another turn. */
  readonly again: (key: string, priority: Priority) => void;
  readonly stopping: AbortSignal;
}

/** How a turn was asked for. */
interface Asked {
  readonly signal: AbortSignal;
  readonly priority: Priority;
}

interface Thrown {
  readonly err: unknown;
}

interface Ended extends TurnEnd {
  readonly result: TurnResult;
  /** Left to the queue's backoff, after what it says was written. */
  readonly thrown?: Thrown | undefined;
}

interface Decided<T extends KubeObject> {
  readonly result: 'ok' | 'fault' | 'stalled';
  readonly outcome: Outcome<StatusOf<T>>;
  readonly thrown?: Thrown | undefined;
}

/** One turn of the loop for one key; the queue never gives a key to two workers, and backs off what throws. */
export function turnOf<T extends KubeObject>(options: TurnOptions<T>) {
  const { controller, own } = options;
  const write = outcomeWriter(options);
  const { client, resource } = controller;
  // The first turn of each key in a stretch of leadership may not trust a cache from before it.
  const began = takeover({ client, resource, signal: options.leadership.signal });
  const conflicted = new Set<string>();

  return async function turn(key: string, signal: AbortSignal, priority: Priority): Promise<TurnEnd> {
    const started = performance.now();
    let result: TurnResult = 'error';
    try {
      const ended = await onePass(key, { signal, priority });
      result = ended.result;
      if (ended.thrown) throw ended.thrown.err;
      return ended;
    } finally {
      controller.metrics.turn(result, (performance.now() - started) / 1000);
    }
  };

  async function onePass(key: string, asked: Asked): Promise<Ended> {
    const cached = controller.cache.get(key);
    if (!cached) return gone(key);
    const read = own.readFrom(key, cached, asked.priority);
    if (read.from === 'nowhere') return { result: 'waiting', requeueAfterMs: read.waitMs, idle: true };
    const current = read.from === 'cache' && (own.knows(key) || (await began.precedes(key, cached)));
    const object = current ? cached : await live(options, key, { cached, signal: asked.signal });
    if (!object) return gone(key);
    const { result, outcome, thrown } = await decide(options, object, asked);
    try {
      await write(key, object, outcome);
    } catch (err) {
      return refused(key, err);
    }
    conflicted.delete(key);
    const { requeueAfterMs } = outcome;
    if (requeueAfterMs === undefined) return { result, thrown };
    const idle = outcome.undecided === true;
    return { result, thrown, idle, requeueAfterMs, requeueAs: requeuePriority(object, outcome, asked.priority) };
  }

  function gone(key: string): Ended {
    own.forget(key);
    conflicted.delete(key);
    controller.onGone?.(key);
    return { result: 'gone' };
  }

  /** A conflict is turned again at once, on a fresh read; a second in a row waits its turn like any failure. */
  function refused(key: string, err: unknown): Ended {
    if (isGone(err)) return gone(key);
    if (!isConflict(err)) return { result: 'error', thrown: { err } };
    if (conflicted.has(key)) return { result: 'conflict', thrown: { err } };
    conflicted.add(key);
    return { result: 'conflict', requeueAfterMs: 0, idle: true };
  }
}

interface Reading<T> {
  readonly cached: T;
  readonly signal: AbortSignal;
}

/** The object as the API server holds it now; undefined when it is gone. */
async function live<T extends KubeObject>(
  { controller, own }: TurnOptions<T>,
  key: string,
  { cached, signal }: Reading<T>,
): Promise<T | undefined> {
  const { client, resource, parse } = controller;
  const { namespace = '', name } = splitKey(key);
  try {
    const object = parse(await readLive({ client, resource, signal }, { namespace, name }));
    own.saw(key, object, cached);
    return object;
  } catch (err) {
    if (isGone(err)) return undefined;
    throw err;
  }
}

async function decide<T extends KubeObject>(options: TurnOptions<T>, object: T, { signal, priority }: Asked): Promise<Decided<T>> {
  const { controller, leadership, stopping } = options;
  try {
    const outcome = await controller.reconcile(object, { signal, priority, now: controller.now, fence: () => leadership.assertLeading() });
    return { result: 'ok', outcome };
  } catch (err) {
    // A turn that was cut off says nothing about the object: the next leader, or the next start, turns it anyhow.
    if (!leadership.isLeading() || (stopping.aborted && signal.aborted)) throw err;
    const fault = controller.explain(err);
    return { result: fault.stalled ? 'stalled' : 'fault', outcome: outcomeOf(fault), thrown: backedOff(fault, err) };
  }
}

function outcomeOf({ reason, message, stalled, retryAfterMs, conditions }: Fault): Outcome {
  const ready: Decision = { status: 'False', reason, message };
  return {
    conditions: { ...conditions, Ready: ready, ...(stalled && { Stalled: { ...ready, status: 'True' } }) },
    ...(retryAfterMs !== undefined && { requeueAfterMs: retryAfterMs }),
  };
}

/** What only a person can mend, or what says itself when to come back, is not backed off. */
function backedOff({ stalled, retryAfterMs }: Fault, err: unknown): Thrown | undefined {
  return stalled || retryAfterMs !== undefined ? undefined : { err };
}
