import { retryAfterMs as headerWaitMs } from '../../domain/delivery/retry-after.ts';
import { type Fault, PortError } from '../../domain/ports/port-error.ts';
import { statusFault } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { ErrorAnswer } from './schema.ts';

/** SigNoz's own error envelope: every sentence of it, cleaned, masked and cut. */
export interface SignozRefusal {
  readonly is: 'error';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

type Wrong = ErrorAnswer['error'];

const MOST_SENTENCES = 20;
const LONGEST_SENTENCE = 300;
const LONGEST_MESSAGE = 2000;

/** The top message alone says nothing: what is wrong stands in `errors`. v1 routes give a plain string. */
export function sentencesOf(error: Wrong, secrets: readonly string[]): { code: string; message: string } {
  if (typeof error === 'string') return { code: '', message: excerpt(error, secrets, LONGEST_SENTENCE) };
  const { code, message, errors } = error;
  const each = errors.slice(0, MOST_SENTENCES).map(one => excerpt(one.message, secrets, LONGEST_SENTENCE));
  const more = errors.length > MOST_SENTENCES ? [`and ${errors.length - MOST_SENTENCES} more`] : [];
  const top = excerpt(message, secrets, 2 * LONGEST_SENTENCE);
  const all = each.length === 0 ? top : `${top}: ${[...each, ...more].join('; ')}`;
  return { code, message: excerpt(all, secrets, LONGEST_MESSAGE) };
}

const NANOSECONDS_PER_MS = 1e6;

/** How long to wait before the next call: by Retry-After, or by what the envelope says; the longer counts. */
export function waitOf(headers: Readonly<Record<string, string>>, error: Wrong, now: Date): number | undefined {
  const byHeader = headerWaitMs(headers['retry-after'], now) ?? 0;
  const delay = typeof error === 'string' ? 0 : (error.retry?.delay ?? 0);
  const waitMs = Math.max(byHeader, Math.ceil(delay / NANOSECONDS_PER_MS));
  return waitMs > 0 ? waitMs : undefined;
}

/** Statuses of a request that was given up on the way, by whomever: 408 by a proxy, 499 by SigNoz. */
const GIVEN_UP: ReadonlySet<number> = new Set([408, 499]);

const faultOf = (status: number): Fault | undefined => (GIVEN_UP.has(status) ? 'unavailable' : statusFault(status));

const ALWAYS: ReadonlySet<Fault | undefined> = new Set<Fault>(['unauthorized', 'forbidden', 'rate-limited']);

/** Whether the status means the same whatever was called. */
export function meansTheSame(status: number): boolean {
  return ALWAYS.has(faultOf(status));
}

const HINTS: Readonly<Record<number, string>> = {
  401: ': the API key is wrong or has expired, so set apiKey to one that holds',
  403: ': the API key needs the role editor',
};

/** A refusal as a PortError, for callers to whom it means nothing more. */
export function apiError({ status, message, retryAfterMs }: SignozRefusal): PortError {
  return new PortError(faultOf(status) ?? 'malformed', `SigNoz answered ${status}, ${message}${HINTS[status] ?? ''}`, {
    statusCode: status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

interface Strange {
  readonly status: number;
  readonly isJson: boolean;
  readonly asked: string;
  readonly shown: string;
  readonly retryAfterMs?: number;
}

/** An answer that is not SigNoz's: of its web UI, of a proxy, or of something else altogether. */
export function notTheApi({ status, isJson, asked, shown, retryAfterMs }: Strange): PortError {
  const fault = strangeFault(status, isJson);
  const hint = fault === 'unsupported' ? ', so its url is not that of a SigNoz API' : '';
  return new PortError(fault, `${asked} was answered ${status} with something that is not SigNoz's API${hint}: ${shown}`, {
    statusCode: status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** A 401 of something in between is a wrong credential too; a 404, or a page with 200, is a wrong URL. */
function strangeFault(status: number, isJson: boolean): Fault {
  if (status === 404) return 'unsupported';
  const common = faultOf(status);
  if (common !== undefined) return common;
  // The web UI says 200. Any other success was done by somebody, and only its answer was lost.
  return isJson || status !== 200 ? 'malformed' : 'unsupported';
}
