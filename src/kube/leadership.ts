import { KubeError } from './client.ts';
import type { Leadership } from './controller.ts';

/**
 * One stretch of leadership, over for good once nothing was renewed for `renewDeadlineMs`. It judges by the monotonic
 * clock at every question, so that a process that was frozen knows before it does anything: timers fire only later.
 */
export class LeadershipTerm implements Leadership {
  readonly #ended = new AbortController();
  readonly #renewDeadlineMs: number;
  #renewed: number;
  #timer: NodeJS.Timeout | undefined;

  /** `since` is when the request was sent that won the lease, by performance.now(). */
  constructor(since: number, renewDeadlineMs: number) {
    this.#renewed = since;
    this.#renewDeadlineMs = renewDeadlineMs;
    this.#watch();
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** A renewal sent at that time was stored. A term that is over stays over. */
  renewed(sentAt: number): void {
    if (!this.isLeading()) return;
    this.#renewed = sentAt;
    this.#watch();
  }

  isLeading(): boolean {
    if (this.#leftMs() <= 0) this.end('the lease was not renewed in time');
    return !this.#ended.signal.aborted;
  }

  assertLeading(): void {
    if (!this.isLeading()) throw new KubeError('this process leads no longer', { reason: 'NotLeading' });
  }

  end(why: string): void {
    clearTimeout(this.#timer);
    if (!this.#ended.signal.aborted) this.#ended.abort(new KubeError(why, { reason: 'NotLeading' }));
  }

  #leftMs(): number {
    return this.#renewed + this.#renewDeadlineMs - performance.now();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (this.isLeading()) this.#watch();
      },
      Math.max(1, this.#leftMs()),
    );
  }
}
