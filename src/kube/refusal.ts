import { KubeError } from './client.ts';
import { isRecord } from './object.ts';

const SHOWN_CHARACTERS = 200;
/** A longer Retry-After is taken for a mistake: nobody should go blind for it. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/** The error for an answer other than 2xx, from its metav1.Status where the body holds one. `what` is method and path. */
export function refusal(what: string, answer: { status: number; retryAfter: string | undefined; text: string }): KubeError {
  const told = parsed(answer.text);
  if (isStatus(told)) return statusError(what, told, { status: answer.status, retryAfter: answer.retryAfter });
  return kubeError(`${what} was answered ${answer.status}: ${shown(answer.text)}`, {
    status: answer.status,
    reason: reasonFor(answer.status),
    retryAfterMs: retryAfterMs(answer.retryAfter, undefined),
  });
}

/** Whether the API server itself says this, and not what stands behind it. */
export function isStatusText(text: string): boolean {
  const told = parsed(text);
  return isRecord(told) && told['kind'] === 'Status';
}

/** The error that a watch's ERROR event carries: a metav1.Status. */
export function inStreamError(what: string, object: unknown): KubeError {
  if (isStatus(object)) return statusError(what, object, { status: undefined, retryAfter: undefined });
  return new KubeError(`${what}: the stream carried an error that is no Status`, { reason: 'Malformed' });
}

type Status = Readonly<Record<string, unknown>>;

function isStatus(value: unknown): value is Status {
  return isRecord(value) && (value['kind'] === 'Status' || typeof value['reason'] === 'string');
}

function statusError(what: string, told: Status, answer: { status: number | undefined; retryAfter: string | undefined }): KubeError {
  const status = answer.status ?? (typeof told['code'] === 'number' ? told['code'] : undefined);
  const reason = typeof told['reason'] === 'string' && told['reason'] !== '' ? told['reason'] : reasonFor(status);
  const message = typeof told['message'] === 'string' ? shown(told['message']) : 'no message';
  return kubeError(`${what} was answered ${status ?? 'an error'} ${reason}: ${message}`, {
    status,
    reason,
    retryAfterMs: retryAfterMs(answer.retryAfter, told['details']),
  });
}

function kubeError(message: string, facts: { status: number | undefined; reason: string; retryAfterMs: number | undefined }): KubeError {
  return new KubeError(message, {
    reason: facts.reason,
    ...(facts.status !== undefined && { status: facts.status }),
    ...(facts.retryAfterMs !== undefined && { retryAfterMs: facts.retryAfterMs }),
  });
}

/** The reasons of metav1.Status for answers that carry none, for example a load balancer's. */
function reasonFor(status: number | undefined): string {
  const reasons: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Expired',
    429: 'TooManyRequests',
    503: 'ServiceUnavailable',
    504: 'Timeout',
  };
  return (status !== undefined && reasons[status]) || 'Unknown';
}

/** RFC 9110 10.2.3 in its form of seconds, which is what API servers send; else `details.retryAfterSeconds`. */
function retryAfterMs(header: string | undefined, details: unknown): number | undefined {
  const told = header ?? (isRecord(details) ? details['retryAfterSeconds'] : undefined);
  const seconds = Number(told);
  if (told === undefined || !Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MS);
}

function shown(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, SHOWN_CHARACTERS);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
