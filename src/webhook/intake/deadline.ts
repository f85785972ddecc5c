import { sharedTimeout } from '../../domain/signals/shared-timeout.ts';

/** Below the ten seconds after which Alertmanager gives up and sends the same body again. */
const STORE_WITHIN_MS = 5000;
const SHARED_FOR_MS = 250;
/** So many are soon taken, however busy the machine is. */
const FEW = 1000;
/** For each alert more: cut short each time, a body that takes longer would be sent again for ever, and its last alerts never be held. */
const EACH_WITHIN_MS = 1;

export function storeWithinMs(alerts: number): number {
  return STORE_WITHIN_MS + Math.max(0, alerts - FEW) * EACH_WITHIN_MS;
}

/** Until when the store has to answer. Requests that come together share one signal, which gives the last of them a little less. */
export function storeDeadlines(): (alerts: number) => AbortSignal {
  const shared = sharedTimeout(STORE_WITHIN_MS, SHARED_FOR_MS);
  return alerts => (alerts > FEW ? AbortSignal.timeout(storeWithinMs(alerts)) : shared());
}
