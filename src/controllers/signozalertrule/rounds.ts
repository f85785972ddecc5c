import { PortError, passesByItself } from '../../domain/ports/port-error.ts';
import type { Log } from '../../kube/controller.ts';

export interface RoundsOptions {
  /** One list, read whole. */
  readonly list: (signal: AbortSignal) => Promise<void>;
  readonly intervalMs: () => number;
  /** A list has ended, well or not. */
  readonly ended: () => void;
  /** The fault is another one now, or there is none any more. */
  readonly faultTurned: () => void;
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** For the log. */
  readonly host: string;
}

/** A single reset is no outage: so many lists in a row must fail before what was known stands no longer. */
const TOLERATED = 2;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** However long a server asks to be left alone: its Secret may lead elsewhere by then. */
const LONGEST_REST_MS = 300_000;
/** Lists that are asked for come no closer together than this. */
const SHORTEST_MS = 250;

/**
 * The lists of one SigNoz: one at a time, one per interval, sooner where somebody asks, and ever more seldom while it does not answer. It is
 * the circuit breaker of the connection too: while lists fail nobody else asks anything.
 */
export class Rounds {
  readonly #options: RoundsOptions;
  #over: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #listing = false;
  #asked = false;
  #began = -Infinity;
  #failures = 0;
  #succeeded = false;
  #fault: PortError | undefined;
  #notBeforeMs = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  get fault(): PortError | undefined {
    return this.#fault;
  }

  /** Whether a list is under way. */
  get listing(): boolean {
    return this.#listing;
  }

  start(): void {
    this.#over = new AbortController();
    this.#arm(0);
  }

  stop(): void {
    this.#over?.abort();
    clearTimeout(this.#timer);
  }

  /** As soon as it may be; one more after the list under way, which may have begun too early for whoever asks. */
  ask(): void {
    this.#asked = true;
    this.reschedule();
  }

  /** The interval may have changed. */
  reschedule(): void {
    if (!this.#listing && this.#over && !this.#over.signal.aborted) this.#arm(this.#dueInMs());
  }

  #dueInMs(): number {
    const now = this.#options.monotonic();
    const interval = this.#options.intervalMs();
    const soon = this.#asked || this.#failures > 0 || !Number.isFinite(interval);
    const due = this.#began + (soon ? SHORTEST_MS : interval);
    return Math.max(0, due - now, this.#notBeforeMs - now);
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#round(), Math.min(ms, 2 ** 31 - 1));
  }

  async #round(): Promise<void> {
    const signal = this.#over?.signal;
    if (this.#listing || !signal || signal.aborted) return;
    this.#listing = true;
    this.#asked = false;
    this.#began = this.#options.monotonic();
    let failure: unknown;
    try {
      await this.#options.list(signal);
    } catch (err) {
      failure = err;
    }
    this.#listing = false;
    if (signal.aborted) return;
    this.#conclude(failure);
    this.#options.ended();
    this.reschedule();
  }

  #conclude(failure: unknown): void {
    const before = this.#fault;
    if (failure === undefined) {
      this.#failures = 0;
      this.#notBeforeMs = 0;
      this.#succeeded = true;
      this.#fault = undefined;
    } else {
      this.#failed(failure);
    }
    if (kindOf(this.#fault) !== kindOf(before)) this.#options.faultTurned();
  }

  #failed(failure: unknown): void {
    const { log, host, monotonic, random } = this.#options;
    this.#failures += 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, this.#failures - 1)) * (0.75 + random() / 2);
    const fault =
      failure instanceof PortError
        ? failure
        : new PortError('malformed', 'The operator could not read the list of rules; its log says why.');
    this.#notBeforeMs = monotonic() + Math.max(waitMs, Math.min(LONGEST_REST_MS, fault.retryAfterMs ?? 0));
    log.warn({ host, fault: fault.fault, failures: this.#failures, err: failure }, "SigNoz's rules could not be listed");
    if (!this.#succeeded || !mayPass(fault) || this.#failures > TOLERATED) this.#fault = fault;
  }
}

/** A list that was cut off is as soon whole again as a connection that was reset. */
function mayPass(fault: PortError): boolean {
  return fault.fault === 'malformed' || passesByItself(fault);
}

/** What a fault is, without the words of the moment: objects need not be told twice of the same. */
function kindOf(fault: PortError | undefined): string {
  return fault ? [fault.fault, fault.detail, fault.statusCode].join(' ') : '';
}
