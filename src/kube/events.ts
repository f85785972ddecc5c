import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BackoffPolicy, backoffMs } from './backoff.ts';
import { type KubeClient, KubeError } from './client.ts';
import type { EventSink } from './controller.ts';
import { collectionPath } from './key.ts';
import { microTime } from './lease-record.ts';
import type { Emission, KubeObject } from './reconcile.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface EventMetrics {
  event(result: 'written' | 'limited' | 'failed' | 'dropped'): void;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** For example `awoooi.io/operator`. */
  readonly reportingController: string;
  /** Which replica, at most 128 characters. */
  readonly reportingInstance: string;
  readonly now: () => Date;
  readonly random: () => number;
  /** Milliseconds of a clock that never steps. */
  readonly monotonic?: () => number;
  readonly metrics: EventMetrics;
}

/** Equal events within this time are one Event with a count. As client-go's. */
const WINDOW_MS = 600_000;
/** Per object: 25 at once, then one every 5 min. As client-go's. */
const LIMIT = { burst: 25, refillMs: 300_000 };
/** What waits to be sent is bounded: events are a courtesy, memory is not. */
const MOST_WAITING = 1_000;
const MOST_REMEMBERED = 4_096;
const TRIES = 3;
const RETRY: BackoffPolicy = { baseMs: 500, capMs: 5_000, jitter: 0.2 };
const CALL_MS = 5_000;
/** Limits of events.k8s.io/v1. */
const NOTE_BYTES = 1_024;
const NAME_CHARACTERS = 200;
const RESOURCE = { group: 'events.k8s.io', version: 'v1', plural: 'events' };

/** What an Event names of its object: thousands of series are remembered, and whole objects would weigh. */
interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

interface Series {
  readonly id: string;
  readonly regarding: Regarding;
  readonly emission: Emission;
  readonly first: Date;
  readonly begunAt: number;
  last: Date;
  count: number;
  /** Path of the stored Event, once there is one. */
  path: string | undefined;
}

/**
 * Records Kubernetes Events (events.k8s.io/v1) in the background: equal ones within ten minutes become one with a count,
 * and each object may have 25 new ones at once, then one every five minutes, and as many repeats. Nothing here ever fails or
 * delays a turn.
 */
export class EventRecorder implements EventSink {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #waiting = new Set<Series>();
  readonly #buckets = new TokenBuckets(LIMIT);
  readonly #ended = new AbortController();
  readonly #monotonic: () => number;
  #sending: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  emit(about: KubeObject, emission: Emission): void {
    if (this.#ended.signal.aborted) return;
    const series = this.#counted(about, emission);
    if (this.#waiting.has(series)) return;
    // What goes on and on has a budget of its own: it must not use up that of news.
    const budget = series.count === 1 ? about.metadata.uid : `${about.metadata.uid} again`;
    if (!this.#buckets.take(budget, this.#monotonic())) return this.#options.metrics.event('limited');
    if (this.#waiting.size >= MOST_WAITING) return this.#options.metrics.event('dropped');
    this.#waiting.add(series);
    this.#sending ??= this.#send();
  }

  /** Sends what is waiting, for at most so long. */
  async flush(deadlineMs: number): Promise<void> {
    const enough = AbortSignal.timeout(deadlineMs);
    const late = new Promise<void>(resolve => enough.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#sending, late]);
  }

  /** Sends nothing any more. */
  close(): void {
    this.#waiting.clear();
    this.#ended.abort();
  }

  #counted(about: KubeObject, emission: Emission): Series {
    const now = this.#monotonic();
    const id = seriesId(about, emission);
    const known = this.#series.get(id);
    if (known && now - known.begunAt < WINDOW_MS) {
      known.count += 1;
      known.last = this.#options.now();
      return known;
    }
    const date = this.#options.now();
    const series: Series = { id, regarding: regarding(about), emission, first: date, begunAt: now, last: date, count: 1, path: undefined };
    this.#series.delete(id);
    this.#series.set(id, series);
    this.#forgetOld(now);
    return series;
  }

  /** Series stand in the order in which they began. */
  #forgetOld(now: number): void {
    for (const [id, { begunAt }] of this.#series) {
      if (now - begunAt < WINDOW_MS && this.#series.size <= MOST_REMEMBERED) return;
      this.#series.delete(id);
    }
  }

  async #send(): Promise<void> {
    // Not in the turn that emits.
    await Promise.resolve();
    for (const series of this.#waiting) {
      this.#waiting.delete(series);
      this.#options.metrics.event((await this.#written(series)) ? 'written' : 'failed');
    }
    this.#sending = undefined;
  }

  async #written(series: Series): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      try {
        await this.#write(series);
        return true;
      } catch (err) {
        if (this.#ended.signal.aborted || !worthAnotherTry(err)) return false;
        const told = err instanceof KubeError ? err.retryAfterMs : undefined;
        await waited(told ?? backoffMs(RETRY, attempt, this.#options.random), this.#ended.signal);
      }
    }
    return false;
  }

  async #write(series: Series): Promise<void> {
    if (series.path !== undefined && (await this.#patched(series, series.path))) return;
    const body = this.#body(series);
    const collection = collectionPath(RESOURCE, body.metadata.namespace);
    const call = { deadlineMs: CALL_MS, signal: this.#ended.signal };
    try {
      await this.#options.client.request({ method: 'POST', path: collection, body, ...call });
    } catch (err) {
      // A try before this one may have got through without its answer.
      if (!(err instanceof KubeError) || err.status !== 409) throw err;
    }
    series.path = `${collection}/${body.metadata.name}`;
  }

  /** False when the stored Event is gone: they live for an hour. */
  async #patched({ count, last }: Series, path: string): Promise<boolean> {
    if (count < 2) return true;
    const body = { series: { count, lastObservedTime: microTime(last) } };
    try {
      const call = { deadlineMs: CALL_MS, signal: this.#ended.signal };
      await this.#options.client.request({ method: 'PATCH', path, patchType: 'application/merge-patch+json', body, ...call });
      return true;
    } catch (err) {
      if (err instanceof KubeError && err.status === 404) return false;
      throw err;
    }
  }

  #body({ id, regarding, emission, first, last, count }: Series) {
    const { reportingController, reportingInstance } = this.#options;
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: `${shortened(regarding.name)}.${id.slice(0, 8)}${first.getTime().toString(16)}`,
        namespace: regarding.namespace || 'default',
      },
      eventTime: microTime(first),
      reportingController,
      reportingInstance,
      action: emission.action ?? 'Reconcile',
      reason: emission.reason,
      type: emission.type,
      note: cut(emission.message),
      regarding,
      ...(count > 1 && { series: { count, lastObservedTime: microTime(last) } }),
    };
  }
}

function regarding({ apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } }: KubeObject): Regarding {
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

/** What is cut off may leave a name that ends as none may. */
function shortened(name: string): string {
  return name.slice(0, NAME_CHARACTERS).replace(/[-.]+$/, '');
}

function seriesId(about: KubeObject, { type, reason, message, action = '' }: Emission): string {
  return createHash('sha256')
    .update(JSON.stringify([about.metadata.uid, type, reason, message, action]))
    .digest('hex');
}

/** At most 1,024 bytes, with no character cut in half. */
function cut(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= NOTE_BYTES ? message : new TextDecoder().decode(bytes.subarray(0, NOTE_BYTES), { stream: true });
}

/** No answer, too many requests, or a server in trouble; what was refused once is refused again. */
function worthAnotherTry(err: unknown): boolean {
  return err instanceof KubeError && (err.status === undefined || err.status === 429 || err.status >= 500);
}

async function waited(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
