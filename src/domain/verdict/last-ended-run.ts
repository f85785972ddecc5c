import type { AlertChainProbeStatus } from '../../crds/alertchainprobe/status.ts';

/** A run that came to its end by itself: one that was cut off proves neither good nor bad. */
export interface EndedRun {
  readonly startedAt: string;
  readonly passed: boolean;
  readonly maintenance: boolean;
}

/** The newest run that ended, also while another is under way; undefined before the first. */
export function lastEndedRun(status: AlertChainProbeStatus | undefined): EndedRun | undefined {
  const { lastRun, history = [] } = status ?? {};
  if (lastRun?.phase === 'Passed' || lastRun?.phase === 'Failed') {
    return { startedAt: lastRun.startedAt, passed: lastRun.phase === 'Passed', maintenance: lastRun.maintenance ?? false };
  }
  // By the order in which they were recorded: after the clock was set back an older one may have begun later.
  const newest = history.find(({ result }) => result !== 'Interrupted');
  return newest && { startedAt: newest.startedAt, passed: newest.result === 'Passed', maintenance: false };
}
