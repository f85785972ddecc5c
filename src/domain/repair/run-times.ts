import { durationMs } from '../../crds/duration.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';

/** Now, or the latest time that the run itself holds: a clock that was set back gives nobody more time. */
export function notBefore(now: Date, status: RepairRunStatus = {}): Date {
  const { requestedAt, startedAt, approvals = [], steps = [], verification, verdict } = status;
  const ofSteps = steps.flatMap(({ intent, effectTime, deed, undone }) => [intent?.time, effectTime, deed?.time, undone?.time]);
  const times = [requestedAt, startedAt, ...approvals.map(({ time }) => time), ...ofSteps, verification?.startedAt, verdict?.time];
  return new Date(Math.max(now.getTime(), ...times.map(time => (time === undefined ? 0 : Date.parse(time)))));
}

/** So long after a recorded time. */
export function after(time: string, duration: string): Date {
  return new Date(Date.parse(time) + durationMs(duration));
}
