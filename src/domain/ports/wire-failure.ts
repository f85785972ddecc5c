import { type Fault, PortError, type WireDetail } from './port-error.ts';

/** What went wrong between us and a server before a usable answer was whole, as the outgoing client (src/net) tells it. */
export interface WireFailure {
  readonly kind: WireDetail | 'no-route' | 'malformed' | 'invalid-request' | 'aborted';
  /** Fit to show: without secrets. */
  readonly message: string;
  readonly statusCode?: number | undefined;
}

const FAULTS: Readonly<Record<WireFailure['kind'], { readonly fault: Fault; readonly detail?: WireDetail }>> = {
  'name-not-resolved': { fault: 'unreachable', detail: 'name-not-resolved' },
  refused: { fault: 'unreachable', detail: 'refused' },
  'timed-out': { fault: 'unreachable', detail: 'timed-out' },
  reset: { fault: 'unreachable', detail: 'reset' },
  tls: { fault: 'unreachable', detail: 'tls' },
  'address-denied': { fault: 'unreachable', detail: 'address-denied' },
  'no-route': { fault: 'unreachable' },
  // Given up by whoever called: for the port there was no answer in time.
  aborted: { fault: 'unreachable', detail: 'timed-out' },
  redirected: { fault: 'rejected', detail: 'redirected' },
  'invalid-request': { fault: 'rejected' },
  'too-large': { fault: 'malformed', detail: 'too-large' },
  malformed: { fault: 'malformed' },
};

/** The one place where failures of the wire become PortErrors, for every adapter that speaks HTTP. */
export function wireError({ kind, message, statusCode }: WireFailure): PortError {
  const { fault, detail } = FAULTS[kind];
  return new PortError(fault, message, { ...(detail && { detail }), ...(statusCode !== undefined && { statusCode }) });
}

/** What an HTTP API means by a status that is no success, where it follows the common rules; undefined for 1xx to 3xx. */
export function statusFault(status: number): Fault | undefined {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'rejected' : undefined;
}
