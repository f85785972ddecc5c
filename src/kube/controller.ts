import type { KubeClient } from './client.ts';
import type { Emission, Explain, KubeObject, Reconcile } from './reconcile.ts';

/** One stretch of leadership of this process. */
export interface Leadership {
  /** Aborts when leadership is lost. */
  readonly signal: AbortSignal;
  /** Judged by the monotonic time since the last renewal: true again never, once false. */
  isLeading(): boolean;
  /** Throws {@link KubeError} with reason `NotLeading` when {@link isLeading} is false. */
  assertLeading(): void;
}

/** Something that works only while this process leads. */
export interface Controller {
  readonly name: string;
  /** Works until `signal` aborts, then lets what is under way finish and resolves. Starts afresh each time. */
  start(signal: AbortSignal, leadership: Leadership): Promise<void>;
}

/** Which resource of the API server a controller looks after; `group` is empty for the core group. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** What a controller reads: every object of its kind, by `namespace/name`. */
export interface ObjectCache<T> {
  get(key: string): T | undefined;
  keys(): Iterable<string>;
  /** Tells of every key that was added, changed or removed, after {@link get} shows it. The answer ends the subscription. */
  subscribe(listener: (key: string) => void): () => void;
}

/** Records Events; never throws and never waits. */
export interface EventSink {
  emit(about: KubeObject, emission: Emission): void;
}

/** How a turn ended: `waiting` is for the cache to show the last own write. */
export type TurnResult = 'ok' | 'fault' | 'stalled' | 'conflict' | 'gone' | 'waiting' | 'error';

export interface ControllerMetrics {
  turn(result: TurnResult, seconds: number): void;
  statusWrite(result: 'written' | 'unchanged' | 'failed'): void;
}

export interface ControllerOptions<T extends KubeObject> {
  readonly name: string;
  readonly resource: Resource;
  readonly client: KubeClient;
  readonly cache: ObjectCache<T>;
  /** Reads an object fetched live; throws when it is none of the kind. */
  readonly parse: (raw: unknown) => T;
  readonly reconcile: Reconcile<T>;
  readonly explain: Explain;
  /** The object is gone: drop what is kept about it outside (metric series, timers). May be called more than once. */
  readonly onGone?: (key: string) => void;
  readonly events: EventSink;
  readonly fieldManager: string;
  readonly workers: number;
  readonly turnDeadlineMs: number;
  /** How long a shutdown waits for turns under way before it aborts them. */
  readonly drainMs: number;
  readonly now: () => Date;
  readonly random: () => number;
}

/** A controller whose keys can be enqueued from outside too (a Secret changed, a canary came back). */
export interface KindController extends Controller {
  /** Asks for a turn; nothing happens while the controller does not run, since a start turns every key anyhow. */
  enqueue(key: string): void;
}
