import type { PauseRequest } from '../ports/repair-pause.ts';

/** Why a run does not go on just now, though it may. */
export interface Hold {
  readonly reason: string;
  /** In one sentence, with what to do where only a person can help. */
  readonly message: string;
  readonly recheckMs: number;
  /** Only a person can help. */
  readonly stalled?: boolean;
}

const RECHECK_MS = 15_000;

export const EXECUTION_OFF: Hold = {
  reason: 'ExecutionOff',
  message:
    'Nothing is carried out, since execution is off: set AWOOOI_REPAIR_EXECUTION=on for the operator (repair.execution of the chart).',
  recheckMs: RECHECK_MS,
  stalled: true,
};

export function namespaceNotEnabled(namespace: string): Hold {
  const message = `Namespace ${namespace} does not allow repairs: kubectl label namespace ${namespace} awoooi.io/repair=enabled.`;
  return { reason: 'NamespaceNotEnabled', message, recheckMs: RECHECK_MS, stalled: true };
}

export function forbidden(namespace: string, words: string): Hold {
  const how = `add ${namespace} to repair.namespaces of the chart, or without Helm kubectl apply -k config/repair -n ${namespace}`;
  const message = `The operator may not do that in namespace ${namespace}: ${how}. The API server says: ${words}`;
  return { reason: 'Forbidden', message, recheckMs: RECHECK_MS, stalled: true };
}

export function paused([first, ...others]: readonly PauseRequest[]): Hold | undefined {
  if (!first) return undefined;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const message = `All repairs are paused by ${first.by}${more} (${first.reason}): it goes on once nobody asks for the pause any more.`;
  return { reason: 'Paused', message, recheckMs: RECHECK_MS };
}

/** Where a check that must be made cannot be made, nothing runs. */
export function unchecked(reason: string, words: string): Hold {
  return { reason, message: `It is not known whether the run may go on, so it does not: ${words}`, recheckMs: RECHECK_MS };
}
