import type { Alert } from '../alerts/alert.ts';
import { anomalyKey } from '../alerts/anomaly-key.ts';
import type { BrokenChain } from '../ports/chain-state.ts';
import { alertFingerprint } from '../routing/alert-fingerprint.ts';

const NAME = 'AlertChainBroken';
const SENDERS = { alertmanager: 'Prometheus', signoz: 'SigNoz', sentry: 'Sentry' } as const;

/** What a Watchdog that was called resolved is for people: an alert of its own, that its chain is broken upstream. */
export function chainBrokenAlert({ source, labels, since }: BrokenChain): Alert {
  const summary = `The chain is broken upstream: its Watchdog has gone silent, so no alert of this ${SENDERS[source]} would reach anybody.`;
  return {
    ...chainAlert({ source, labels }),
    status: 'firing',
    // The end of the Watchdog, which every replica of Alertmanager says alike.
    occurrence: String(since.getTime()),
    startsAt: since,
    annotations: {
      summary,
      // A card shows the description alone where there is one.
      description:
        `${summary} Look whether ${SENDERS[source]} runs, evaluates its rules and reaches its Alertmanager. Until the Watchdog fires again, other ` +
        'alerts of it that resolve are held open: they may only have lost their voice. If it never will, because this ' +
        `${SENDERS[source]} was shut down for good or has other labels now, resolve this incident: that lets go of them.`,
    },
  };
}

/** The same alert once the Watchdog fires again: it resolves whatever of it is open. */
export function chainMendedAlert({ source, labels }: Pick<BrokenChain, 'source' | 'labels'>): Alert {
  return { ...chainAlert({ source, labels }), status: 'resolved', annotations: { summary: 'The Watchdog fires again.' } };
}

function chainAlert({ source, labels }: Pick<BrokenChain, 'source' | 'labels'>): Omit<Alert, 'status' | 'annotations'> {
  return {
    source,
    name: NAME,
    anomalyKey: anomalyKey(source, { ...labels, alertname: NAME }),
    fingerprint: alertFingerprint(labels),
    severity: 'critical',
    labels,
    links: {},
  };
}
