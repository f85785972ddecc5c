/** Why a port could not do what it was asked. Each adapter sorts its SDK's failures into these, at one place. */
export type Fault =
  | 'unreachable'
  | 'unavailable'
  | 'rate-limited'
  | 'unauthorized'
  | 'forbidden'
  | 'rejected'
  | 'unsupported'
  | 'malformed';

export interface PortErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number;
  /** HTTP status, where there was one. */
  readonly statusCode?: number;
  /** A finer word for what happened on the way, where the adapter knows it. */
  readonly detail?: PortErrorDetail;
  /** What failed is our own store: nothing is said of anybody else. */
  readonly ofStore?: boolean;
}

/** What `unreachable` and `rejected` look like on the wire. */
export type WireDetail = 'name-not-resolved' | 'refused' | 'timed-out' | 'reset' | 'tls' | 'address-denied' | 'redirected' | 'too-large';

/** `too-old`: a server of before there was what is asked of it. */
export type PortErrorDetail = WireDetail | 'too-old';

export class PortError extends Error {
  override readonly name = 'PortError';
  readonly fault: Fault;
  readonly retryAfterMs: number | undefined;
  readonly statusCode: number | undefined;
  readonly detail: PortErrorDetail | undefined;
  readonly ofStore: boolean | undefined;

  constructor(fault: Fault, message: string, options: PortErrorOptions = {}) {
    super(message, options);
    this.fault = fault;
    this.retryAfterMs = options.retryAfterMs;
    this.statusCode = options.statusCode;
    this.detail = options.detail;
    this.ofStore = options.ofStore;
  }
}

/** Of a server that rolls, is overloaded or cannot be reached just now. */
const PASSING: ReadonlySet<Fault> = new Set(['unreachable', 'unavailable', 'rate-limited']);

/** Whether the same call may well succeed a moment later. An address that is denied, or a certificate that is not trusted, stays so. */
export function passesByItself(err: unknown): err is PortError {
  return err instanceof PortError && PASSING.has(err.fault) && err.detail !== 'address-denied' && err.detail !== 'tls';
}
