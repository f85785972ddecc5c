/** One exchange with a server that a spec leads to. */
export interface HttpExchange {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; the caller sets content-type. */
  readonly body?: string;
  /** Strings that must never show in an error text: tokens, passwords. */
  readonly secrets?: readonly string[];
  /** From the call to the last byte of the answer; the adapter's own limit where it is left out. */
  readonly deadlineMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MiB; a longer answer is `PortError('malformed', …, {detail: 'too-large'})`. */
  readonly body: string;
  readonly latencyMs: number;
}

/**
 * Sends one request and returns whatever status came back, except 3xx, which is `PortError('rejected', …, {detail: 'redirected'})`.
 * Throws `PortError('unreachable', …)` with a detail for names, refusals, time-outs, resets, TLS and denied addresses.
 */
export interface HttpTarget {
  send(exchange: HttpExchange, signal: AbortSignal): Promise<HttpAnswer>;
}
