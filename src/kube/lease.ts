import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { jittered } from './backoff.ts';
import { type KubeClient, KubeError } from './client.ts';
import type { Leadership, Log } from './controller.ts';
import { LeadershipTerm } from './leadership.ts';
import { type HeldLease, type LeaseRecord, microTime, readLease } from './lease-record.ts';
import { isConflict } from './status.ts';

export interface LeaseTimes {
  /** How long others wait after the last change of the record before they take over. */
  readonly durationMs: number;
  /** Without a renewal for so long, the leader stops leading; well below durationMs. */
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** As client-go's defaults for controllers. */
const LEASE_TIMES: LeaseTimes = { durationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

export interface LeaseMetrics {
  leading(yes: boolean): void;
  /** The lease went from one holder to another, as this process sees it. */
  transition(): void;
  renewFailure(): void;
}

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Unlike every other process's, and every earlier one's. */
  readonly identity: string;
  readonly times?: LeaseTimes;
  readonly now: () => Date;
  readonly random: () => number;
  readonly metrics: LeaseMetrics;
  readonly log: Log;
}

/** What only a leader does: works until `stop` aborts or leadership is lost, and resolves once all of it has ended. */
export type Lead = (stop: AbortSignal, leadership: Leadership) => Promise<void>;

/** Attempts must be over before the next is due. */
const ATTEMPT_SHARE = 0.75;
const RETRY_JITTER = 0.2;

/**
 * Leader election over a Lease. A foreign holder is judged by how long its record has not changed, on our own monotonic
 * clock, never by comparing clocks; our own term ends by itself `renewDeadlineMs` after the last stored renewal.
 */
export class LeaseElection {
  readonly #options: LeaseOptions;
  readonly #times: LeaseTimes;
  readonly #path: string;
  #observed: (HeldLease & { readonly since: number }) | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#times = options.times ?? LEASE_TIMES;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(options.namespace)}/leases`;
  }

  /**
   * Competes, leads while it may, and competes again, until `stop` aborts; the lease is given back once `lead` has ended.
   * Throws what `lead` throws.
   */
  async run(stop: AbortSignal, lead: Lead): Promise<void> {
    const { metrics, log, identity } = this.#options;
    metrics.leading(false);
    for (;;) {
      const term = await this.#won(stop);
      if (!term) return;
      log.info({ lease: this.#options.name, identity }, 'leading');
      metrics.leading(true);
      const renewing = new AbortController();
      const renewals = this.#renew(term, renewing.signal);
      try {
        // Renewed until the very end: workers that are being drained still write.
        await lead(AbortSignal.any([stop, term.signal]), term);
      } finally {
        renewing.abort();
        await renewals;
        if (term.isLeading()) await this.#release();
        else log.warn({ lease: this.#options.name, identity }, 'leadership lost');
        term.end('the lease was given back');
        metrics.leading(false);
      }
    }
  }

  async #won(stop: AbortSignal): Promise<LeadershipTerm | undefined> {
    const { retryPeriodMs, renewDeadlineMs } = this.#times;
    while (!stop.aborted) {
      const sentAt = performance.now();
      if (await this.#attempt(stop)) return new LeadershipTerm(sentAt, renewDeadlineMs);
      await waited(jittered(retryPeriodMs, RETRY_JITTER, this.#options.random), stop);
    }
    return undefined;
  }

  async #renew(term: LeadershipTerm, until: AbortSignal): Promise<void> {
    const over = AbortSignal.any([until, term.signal]);
    while (await waited(this.#times.retryPeriodMs, over)) {
      const sentAt = performance.now();
      // Not broken off by `until`: the API server may store what it has read, and the release would not know as what.
      if (await this.#attempt(term.signal)) term.renewed(sentAt);
      else if (this.#observed && this.#observed.record.holderIdentity !== this.#options.identity)
        term.end('another process holds the lease');
    }
  }

  /** Creates, takes or renews the lease where that is allowed. False: not now, whatever the reason. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { identity, metrics, log, name } = this.#options;
    try {
      // The holder need not read before it writes: the resourceVersion tells whether it still is the holder.
      const mine = this.#observed?.record.holderIdentity === identity ? this.#observed : undefined;
      const held = mine ?? (await this.#read(signal));
      if (held && !this.#free(held)) return false;
      this.#observe(await this.#write(this.#taken(held?.record), held, signal));
      return true;
    } catch (err) {
      if (signal.aborted) return false;
      metrics.renewFailure();
      log.warn({ lease: name, err }, 'lease attempt failed');
      if (isConflict(err)) await this.#lookAgain(signal);
      return false;
    }
  }

  /** Someone wrote in between: perhaps we ourselves, and the answer was lost. The next attempt goes by what is there now. */
  async #lookAgain(signal: AbortSignal): Promise<void> {
    try {
      await this.#read(signal);
    } catch {
      this.#observed = undefined;
    }
  }

  async #read(signal: AbortSignal): Promise<HeldLease | undefined> {
    try {
      return this.#observe(await this.#request({ method: 'GET', path: `${this.#path}/${this.#options.name}`, signal }));
    } catch (err) {
      if (err instanceof KubeError && err.status === 404) return undefined;
      throw err;
    }
  }

  async #write(record: LeaseRecord, held: HeldLease | undefined, signal: AbortSignal): Promise<HeldLease> {
    const { name, namespace } = this.#options;
    const metadata = held?.metadata ?? { name, namespace };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { ...held?.spec, ...record } };
    if (held) return this.#request({ method: 'PUT', path: `${this.#path}/${name}`, body, signal });
    return this.#request({ method: 'POST', path: this.#path, body, signal });
  }

  async #request(request: Parameters<KubeClient['request']>[0]): Promise<HeldLease> {
    const lease = readLease(await this.#options.client.request({ ...request, deadlineMs: this.#times.retryPeriodMs * ATTEMPT_SHARE }));
    if (lease) return lease;
    throw new KubeError(`${request.method} ${request.path} was answered with something that is no Lease`, { reason: 'Malformed' });
  }

  /** Remembers since when the record has been as it is. */
  #observe(lease: HeldLease): HeldLease {
    const before = this.#observed;
    const same = before !== undefined && isDeepStrictEqual(before.record, lease.record);
    if (before && before.record.holderIdentity !== lease.record.holderIdentity) this.#options.metrics.transition();
    this.#observed = { ...lease, since: same ? before.since : performance.now() };
    return lease;
  }

  #free({ record }: HeldLease): boolean {
    if (record.holderIdentity === '' || record.holderIdentity === this.#options.identity) return true;
    const unchangedMs = performance.now() - (this.#observed?.since ?? Infinity);
    return unchangedMs > Math.max(record.leaseDurationSeconds * 1000, this.#times.durationMs);
  }

  /** The record with us as its holder. */
  #taken(was: LeaseRecord | undefined): LeaseRecord {
    const { identity, now } = this.#options;
    const time = microTime(now());
    const mine = was?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.max(1, Math.ceil(this.#times.durationMs / 1000)),
      acquireTime: mine ? was.acquireTime : time,
      renewTime: time,
      leaseTransitions: was ? was.leaseTransitions + (mine ? 0 : 1) : 0,
    };
  }

  /** Gives the lease back, so that another need not wait for it to run out. Failing that, it runs out. */
  async #release(): Promise<void> {
    const signal = AbortSignal.timeout(this.#times.renewDeadlineMs);
    try {
      await this.#giveBack(signal).catch(async (err: unknown) => {
        if (!isConflict(err)) throw err;
        // Perhaps a renewal of ours was stored whose answer was lost.
        await this.#read(signal);
        await this.#giveBack(signal);
      });
    } catch (err) {
      this.#options.log.warn({ lease: this.#options.name, err }, 'lease not given back: it runs out by itself');
    }
  }

  async #giveBack(signal: AbortSignal): Promise<void> {
    const held = this.#observed;
    if (held?.record.holderIdentity !== this.#options.identity) return;
    const record = { ...held.record, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(this.#options.now()) };
    this.#observe(await this.#write(record, held, signal));
  }
}

/** False when the signal fired first. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
