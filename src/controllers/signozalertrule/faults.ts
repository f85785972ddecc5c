import { PortError } from '../../domain/ports/port-error.ts';
import { type RuleConditions, stalled, unknownNow } from '../../domain/rule/rule-conditions.ts';
import type { Fault } from '../../kube/reconcile.ts';
import { pascalCase } from '../../domain/text/pascal-case.ts';
import { unexpected } from '../../kube/unexpected.ts';

/** Only a person can mend these: a key, a URL, a version, or the rule itself. */
const STALLS: ReadonlySet<PortError['fault']> = new Set(['unauthorized', 'forbidden', 'unsupported', 'rejected']);
const RECHECK_MS = 60_000;

/** What a fault of SigNoz as a whole means for each object: what was known of its rule stands no longer. */
export function faultConditions(fault: PortError): RuleConditions {
  const [reason, message] = [reasonOf(fault), sentence(fault)];
  return { ...unknownNow(reason, message), ...(STALLS.has(fault.fault) && { Stalled: { status: 'True', reason, message } }) };
}

/** How what a turn threw reads on the object. */
export function explain(err: unknown): Fault {
  if (!(err instanceof PortError)) return unexpected('rule');
  const [reason, message] = [reasonOf(err), sentence(err)];
  if (!STALLS.has(err.fault)) {
    // The spec as it is now may not have reached SigNoz.
    const Synced = { status: 'Unknown', reason, message } as const;
    return { reason, message, conditions: { Synced }, ...(err.retryAfterMs !== undefined && { retryAfterMs: err.retryAfterMs }) };
  }
  return {
    reason,
    message,
    stalled: true,
    conditions: stalled(reason, message),
    ...(err.fault !== 'rejected' && { retryAfterMs: err.retryAfterMs ?? RECHECK_MS }),
  };
}

export function reasonOf({ fault, detail }: PortError): string {
  if (fault === 'unsupported') return detail === 'too-old' ? 'UnsupportedVersion' : 'NotSignoz';
  return pascalCase(fault);
}

const NEXT: Readonly<Record<PortError['fault'], string>> = {
  unreachable: 'It is tried again by itself; if SigNoz runs, check the url of the Secret and the way to it',
  unavailable: 'It is tried again by itself; if this goes on, look into the log of SigNoz',
  'rate-limited': 'It is tried again by itself, no sooner than SigNoz allows',
  unauthorized: 'Put a valid API key of a service account into the Secret',
  forbidden: 'Give the service account of the API key the role signoz-editor',
  rejected: 'Correct the spec as it says',
  unsupported: 'Upgrade SigNoz, or correct the url of the Secret',
  malformed: 'It is tried again by itself; if this goes on, check what stands between the operator and SigNoz',
};

export function sentence(err: PortError): string {
  return `${err.message.replace(/\.$/, '')}. ${NEXT[err.fault]}.`.slice(0, 1024);
}
