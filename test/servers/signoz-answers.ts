import type { Reply } from './http-server.ts';

interface Refused {
  readonly status?: number;
  readonly code?: string;
  /** What is wrong one by one; only the v2 routes pass it on. */
  readonly errors?: readonly string[];
}

/** What SigNoz does not do, and what it says of it; the door makes an answer of it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly string[];

  constructor(message: string, { status = 400, code = 'invalid_input', errors = [] }: Refused = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

export function success(status: number, data: unknown): Reply {
  return { status, body: { status: 'success', data } };
}

/** Error types by status (contracts/signoz.md, section 1.3). */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid-input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'already-exists',
  500: 'internal',
};

const LEGACY_TYPES: Readonly<Record<number, string>> = {
  400: 'bad_data',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  500: 'internal',
};

export function failure(status: number, code: string, message: string): Reply {
  return refused(new Refusal(message, { status, code }));
}

/** The envelope of v2, of channels and of the door. */
export function refused({ status, code, message, errors }: Refusal): Reply {
  const type = code === 'fatal' ? 'fatal' : TYPES[status];
  const each = errors.map(error => ({ message: error, suggestions: [] }));
  return { status, body: { status: 'error', error: { type, code, message, errors: each, suggestions: [] } } };
}

/** The envelope of the v1 rule routes: the message alone, as a string. */
export function refusedAsBefore({ status, message }: Refusal): Reply {
  return { status, body: { status: 'error', errorType: LEGACY_TYPES[status], error: status === 404 ? 'rule not found' : message } };
}

/** What may be half of a surrogate pair: Go reads it as U+FFFD. */
const HALVES = /\\u[dD][89a-fA-F]/;

/** The body, or the 500 that Go's decoder ends in where nobody gives its error a type. */
export function jsonOf(body: string): unknown {
  try {
    return HALVES.test(body)
      ? JSON.parse(body, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
      : JSON.parse(body);
  } catch {
    const [first] = body.trim();
    const message = first === undefined ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`;
    throw new Refusal(message, { status: 500, code: 'unknown' });
  }
}

const PAGE = '<!doctype html><html><head><title>SigNoz</title></head><body></body></html>';

/** What answers whatever no route does. */
export function page(): Reply {
  return { status: 200, body: PAGE, headers: { 'content-type': 'text/html; charset=utf-8' } };
}
