import { isUnread } from '../drills/refusals.ts';
import type { Refusal } from '../ports/drill-registry.ts';
import { excerpt } from '../text/excerpt.ts';
import type { CanaryVerdict, Policy } from './evidence.ts';

/** Our own server refused this very canary. */
export const refusedHere: Policy = ({ nonce, posted }, { refusals, receiver }) => {
  if (!posted) return undefined;
  const refusal = refusals.find(({ nonces }) => nonces.includes(nonce));
  return refusal && verdictOf(refusal, receiver);
};

/**
 * It refused unread what came from the replica's address. That may have been another alert, so what the API says of the canary itself comes
 * first.
 */
export const refusedItsAddress: Policy = ({ address, posted }, { refusals, receiver }) => {
  if (!posted) return undefined;
  const refusal = refusals.find(each => mayBeIts(each) && each.remote === address);
  return refusal && verdictOf(refusal, receiver);
};

/**
 * An unread refusal whose sender has this replica's version but not its address, as behind a Service or a proxy.
 * Another Alertmanager of that version may have sent it.
 */
export const probablyRefusedHere: Policy = ({ version, posted }, { refusals, receiver }) => {
  if (!posted || version === undefined) return undefined;
  const refusal = refusals.find(each => mayBeIts(each) && each.userAgent === `Alertmanager/${version}`);
  return refusal && verdictOf(refusal, receiver);
};

/** Without our store we cannot know what came back, and our server answers 503 meanwhile. */
export const storeAway: Policy = ({ posted }, { storeFailure }) => {
  if (!posted || storeFailure === undefined) return undefined;
  const message = `This operator's store was away while the canary was out, so its webhook turned alerts away with 503: ${storeFailure}. Alertmanager tries again by itself; bring Redis back.`;
  return { cause: 'ReceiverUnavailable', message, statusCode: 503 };
};

/** SigNoz calls itself `Alertmanager/`, without a version. */
function mayBeIts(refusal: Refusal): boolean {
  return isUnread(refusal) && /^Alertmanager\/./.test(refusal.userAgent ?? '');
}

/** The webhook routes take only POST: a GET is what a client makes of a POST that was redirected. */
const METHOD_NOT_ALLOWED = 405;

function verdictOf({ status, reason, route, remote }: Refusal, receiver: string): CanaryVerdict {
  const from = remote === undefined ? '' : ` to ${remote}`;
  const said = `This operator's webhook ${route} answered ${status}${from}: ${excerpt(reason)}.`;
  if (status === METHOD_NOT_ALLOWED) return { cause: 'Redirected', message: `${said} ${redirectAdvice(receiver)}`, statusCode: status };
  if (status >= 500) {
    return { cause: 'ReceiverUnavailable', message: `${said} Alertmanager tries again by itself; bring Redis back.`, statusCode: status };
  }
  return { cause: 'ReceiverRefused', message: `${said} ${adviceFor(status, receiver)}`, statusCode: status };
}

/** What to do about a redirect on the way from Alertmanager to us. */
export function redirectAdvice(receiver: string): string {
  return `Something on the way redirects, and Alertmanager follows with an empty GET: give receiver "${receiver}" the URL it ends at, and set follow_redirects: false.`;
}

function adviceFor(status: number, receiver: string): string {
  if (status === 401 || status === 403) return `Give the http_config of receiver "${receiver}" the credential that this operator expects.`;
  if (status === 413) return `Set max_alerts on receiver "${receiver}".`;
  if (status === 404) return `Point receiver "${receiver}" at /api/v1/webhooks/alertmanager.`;
  return `Let receiver "${receiver}" send Alertmanager's own webhook body (no payload of its own).`;
}
