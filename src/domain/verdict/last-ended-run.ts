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
  const [newest] = history
    .filter(({ result }) => result !== 'Interrupted')
    .toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  return newest && { startedAt: newest.startedAt, passed: newest.result === 'Passed', maintenance: false };
}
