import { quotedReceiver } from '../drills/receiver.ts';
import type { FiringAlert } from '../ports/alertmanager.ts';

export interface CaughtUpFrom {
  readonly receiver: string;
  /** Of the Alertmanager. */
  readonly url: string;
}

/** A body is judged and stored as a whole: not too much at once. */
const ALERTS_PER_BODY = 500;
/** What Alertmanager sends while an alert fires. */
const NO_END = '0001-01-01T00:00:00Z';

/** What Alertmanager's webhook would have said of these alerts (v4), each once, so that they are taken in by the same way. */
export function caughtUpBodies(alerts: readonly FiringAlert[], { receiver, url }: CaughtUpFrom): object[] {
  const each = [...new Map(alerts.map(alert => [`${alert.fingerprint} ${alert.startsAt}`, alert])).values()];
  const bodies = Math.ceil(each.length / ALERTS_PER_BODY);
  return Array.from({ length: bodies }, (_, n) => ({
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: quotedReceiver(receiver),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: url,
    alerts: each.slice(n * ALERTS_PER_BODY, (n + 1) * ALERTS_PER_BODY).map(asSent),
  }));
}

function asSent({ fingerprint, labels, annotations, startsAt, generatorUrl }: FiringAlert): object {
  return { status: 'firing', labels, annotations, startsAt, endsAt: NO_END, generatorURL: generatorUrl, fingerprint };
}
