import type { PrometheusSender } from '../alerts/alert.ts';
import { channelTestNonce, DRILL_LABEL, NONCE_LABEL } from './marker.ts';
import { NONCE_PATTERN } from './nonce.ts';

/** What recognition reads of one alert of an Alertmanager v4 payload. */
export interface IncomingAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Set by a person on a SigNoz rule over `vector(1)`: whatever its name, it is a Watchdog. */
const WATCHDOG_LABEL = 'awoooi_watchdog';
/** The alert name of smoke tests from before there were nonces; also taken as a label with the value "true". */
const SMOKE_TEST = 'E2E_SMOKE_TEST';

const QUIET = new Set(['info', 'none']);
const TEST_PREFIX = 'Test Alert (';
const TEST_SUMMARY = 'Test alert fired from SigNoz';

/** True at severity info or none: nobody is paged for it. */
export function isQuiet({ labels }: Pick<IncomingAlert, 'labels'>): boolean {
  return QUIET.has((labels['severity'] ?? '').toLowerCase());
}

export function hasDrillMarker({ labels }: IncomingAlert): boolean {
  return labels[DRILL_LABEL] === 'true' || labels['alertname'] === SMOKE_TEST || labels[SMOKE_TEST] === 'true';
}

/**
 * A dead man's switch: the alert name `Watchdog`, or from SigNoz a rule labelled `awoooi_watchdog="true"` at a severity that pages nobody.
 * SigNoz's notice that such a rule has no data, and its test notification, say nothing of evaluation and are none.
 */
export function isWatchdog(alert: IncomingAlert, source: PrometheusSender): boolean {
  const { labels } = alert;
  if (labels['nodata'] === 'true' || labels['testalert'] === 'true') return false;
  if (labels['alertname'] === 'Watchdog') return true;
  return source === 'signoz' && labels[WATCHDOG_LABEL] === 'true' && (isQuiet(alert) || labels['severity'] === undefined);
}

/** SigNoz's "test channel" notification: told by its name and summary alone, for it carries no label of its own. */
export function isChannelTest({ labels, annotations }: IncomingAlert): boolean {
  return (labels['alertname'] ?? '').startsWith(TEST_PREFIX) && annotations['summary'] === TEST_SUMMARY;
}

/** SigNoz's notification for the test of a rule, which it labels so itself. */
export function isRuleTest({ labels }: Pick<IncomingAlert, 'labels'>, source: PrometheusSender): boolean {
  return source === 'signoz' && labels['testalert'] === 'true';
}

/** The nonce that an alert carries in its label or, for a channel test, in its name; undefined where it carries none. */
export function nonceOf(alert: IncomingAlert): string | undefined {
  if (isChannelTest(alert)) return channelTestNonce(alert.labels['alertname'] ?? '');
  const nonce = alert.labels[NONCE_LABEL] ?? '';
  return NONCE_PATTERN.test(nonce) ? nonce : undefined;
}
