/** What became of a call that brought no usable answer, in one word. Adapters sort these into their own faults. */
export type NetErrorKind =
  | 'name-not-resolved'
  | 'refused'
  | 'no-route'
  | 'timed-out'
  | 'reset'
  | 'tls'
  | 'address-denied'
  | 'redirected'
  | 'too-large'
  | 'malformed'
  | 'invalid-request'
  | 'aborted';

/**
 * A failed outgoing call. The message is fit to show: masked, without control characters, one line.
 * It has no `cause` on purpose: the errors beneath carry URLs, and with them tokens, into logs.
 */
export class NetError extends Error {
  override readonly name = 'NetError';
  readonly kind: NetErrorKind;
  /** The status of a redirect. */
  readonly statusCode: number | undefined;

  constructor(kind: NetErrorKind, message: string, statusCode?: number) {
    super(message);
    this.kind = kind;
    this.statusCode = statusCode;
  }
}
