/** The labels that mark an alert as a drill (DESIGN.md section 3.1, Drills). */
export const DRILL_LABEL = 'awoooi_drill';
export const NONCE_LABEL = 'awoooi_nonce';

/** A Sentry issue whose id starts so is a drill. */
export const SENTRY_DRILL_PREFIX = 'smoke-test-';

const CHANNEL_TEST_PREFIX = 'awoooi-canary-';
const CHANNEL_TEST_NAME = /^Test Alert \(awoooi-canary-([a-z0-9]{26})\)$/;

/** The name under which a stored SigNoz channel is posted to its own test. */
export function channelTestName(nonce: string): string {
  return `${CHANNEL_TEST_PREFIX}${nonce}`;
}

/** The nonce in the alertname of a SigNoz channel test, `Test Alert (<name>)`; undefined where it carries none of ours. */
export function channelTestNonce(alertname: string): string | undefined {
  return CHANNEL_TEST_NAME.exec(alertname)?.[1];
}
