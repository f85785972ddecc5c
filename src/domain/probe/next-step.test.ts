import { describe, expect, it } from 'vitest';
import { alertChainProbe, type ProbeParts, run } from '../../../test/builders/alert-chain-probe.ts';
import type { RunStatus } from '../../crds/alertchainprobe/status.ts';
import { type Observed, nextStep, plannedRun } from './next-step.ts';

const NOW = new Date('2026-01-01T00:12:00Z');
const EVERY_MS = 300_000;
const onGrid = (after: Date): Date => new Date((Math.floor(after.getTime() / EVERY_MS) + 1) * EVERY_MS);

function observed(parts: ProbeParts, over: Partial<Observed> = {}): Observed {
  return { probe: alertChainProbe(parts), task: undefined, rollouts: {}, now: NOW, scheduledAfter: onGrid, ...over };
}
const ran = (startedAt: string): { lastRun: RunStatus } => ({ lastRun: run({ startedAt }) });
const result = { startedAt: NOW, finishedAt: NOW, hops: [] };
const running = { lastRun: run({ phase: 'Running', trigger: 'RunToken' }) };

const HOUR_MS = 3_600_000;
const fromNow = (ms: number): string => new Date(NOW.getTime() + ms).toISOString();
const jittered = (after: Date): Date => new Date(onGrid(new Date(after.getTime() - 3_700)).getTime() + 3_700);

/**
 * Milliseconds until a scheduled run begins, looking and recording as the controller does: what is planned is shown, and looked at again
 * then.
 */
function firstBegin(parts: ProbeParts): number {
  let [now, status] = [NOW, parts.status];
  for (let looks = 0; looks < 5; looks++) {
    const seen = observed({ ...parts, ...(status && { status }) }, { now, scheduledAfter: jittered });
    const step = nextStep(seen);
    if (step.do === 'begin') return now.getTime() - NOW.getTime();
    if (step.do !== 'idle') throw new Error(`it does not plan but ${step.do}`);
    status = { ...status, nextRunTime: plannedRun(seen).toISOString() };
    now = new Date(Math.max(step.until.getTime(), now.getTime() + 1));
  }
  return Number.POSITIVE_INFINITY;
}

describe('nextStep', () => {
  it.each<[string, Observed, object]>([
    ['a suspended probe does nothing', observed({ spec: { suspend: true } }), { do: 'suspend' }],
    [
      'a new probe runs soon, not a whole interval later',
      observed({ metadata: { creationTimestamp: '2026-01-01T00:11:00Z' } }),
      { do: 'begin', trigger: 'Schedule' },
    ],
    [
      'a probe that ran rests until the grid',
      observed({ status: ran('2026-01-01T00:10:00Z') }),
      { do: 'idle', until: new Date('2026-01-01T00:15:00Z') },
    ],
    [
      'a due one begins',
      observed({ status: ran('2026-01-01T00:05:00Z') }),
      { do: 'begin', trigger: 'Schedule', plannedAt: new Date('2026-01-01T00:10:00Z') },
    ],
    [
      'a new token asks for a run',
      observed({ spec: { runToken: 'v2' }, status: { ...ran('2026-01-01T00:11:00Z'), runToken: 'v1' } }),
      { do: 'begin', trigger: 'RunToken' },
    ],
    [
      'a handled token does not',
      observed({ spec: { runToken: 'v2' }, status: { ...ran('2026-01-01T00:11:00Z'), runToken: 'v2' } }),
      { do: 'idle' },
    ],
    [
      'a changed spec asks for a run',
      observed({ metadata: { generation: 4 }, status: ran('2026-01-01T00:11:00Z') }),
      { do: 'begin', trigger: 'SpecChange' },
    ],
    [
      'the annotation asks for a run',
      observed({ metadata: { annotations: { 'awoooi.io/requested-at': 'a' } }, status: ran('2026-01-01T00:11:00Z') }),
      { do: 'begin', trigger: 'Annotation' },
    ],
    [
      'a handled annotation does not',
      observed({
        metadata: { annotations: { 'awoooi.io/requested-at': 'a' } },
        status: { ...ran('2026-01-01T00:11:00Z'), lastHandledRequest: 'a' },
      }),
      { do: 'idle' },
    ],
    [
      "Flux's annotation likewise",
      observed({ metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'a' } }, status: ran('2026-01-01T00:11:00Z') }),
      { do: 'begin', trigger: 'Annotation' },
    ],
    [
      'a finished rollout asks for a run',
      observed(
        { status: { ...ran('2026-01-01T00:11:00Z'), rollouts: { 'Deployment/api': '1' } } },
        { rollouts: { 'Deployment/api': '2' } },
      ),
      { do: 'begin', trigger: 'Rollout' },
    ],
    [
      'one that was complete when its workload was first looked at does not',
      observed({ status: ran('2026-01-01T00:11:00Z') }, { rollouts: { 'Deployment/api': '1' } }),
      { do: 'idle' },
    ],
    [
      'one that was not complete then does, once it is',
      observed({ status: { ...ran('2026-01-01T00:11:00Z'), rollouts: { 'Deployment/api': '' } } }, { rollouts: { 'Deployment/api': '1' } }),
      { do: 'begin', trigger: 'Rollout' },
    ],
    [
      'one that is known by its revision alone, from an earlier version, does not',
      observed(
        { status: { ...ran('2026-01-01T00:11:00Z'), rollouts: { 'Deployment/api': '5' } } },
        { rollouts: { 'Deployment/api': '5@uid-1' } },
      ),
      { do: 'idle' },
    ],
    [
      'a newer one than is known by its revision alone does',
      observed(
        { status: { ...ran('2026-01-01T00:11:00Z'), rollouts: { 'Deployment/api': '5' } } },
        { rollouts: { 'Deployment/api': '6@uid-1' } },
      ),
      { do: 'begin', trigger: 'Rollout' },
    ],
    [
      'the same revision of a workload that was made anew does',
      observed(
        { status: { ...ran('2026-01-01T00:11:00Z'), rollouts: { 'Deployment/api': '5@uid-1' } } },
        { rollouts: { 'Deployment/api': '5@uid-2' } },
      ),
      { do: 'begin', trigger: 'Rollout' },
    ],
    [
      'one that is under way again does not yet',
      observed({ status: { ...ran('2026-01-01T00:11:00Z'), rollouts: { 'Deployment/api': '1' } } }, { rollouts: { 'Deployment/api': '' } }),
      { do: 'idle' },
    ],
    [
      'a recorded intent of this process is acted on',
      observed({ status: running }, { task: { runId: 'run-1', phase: 'reserved' } }),
      { do: 'run' },
    ],
    ['a run under way is awaited', observed({ status: running }, { task: { runId: 'run-1', phase: 'running' } }), { do: 'await-run' }],
    [
      'a run under way is awaited though a new token came',
      observed({ spec: { runToken: 'v2' }, status: running }, { task: { runId: 'run-1', phase: 'running' } }),
      { do: 'await-run' },
    ],
    [
      'a finished run is recorded',
      observed({ status: running }, { task: { runId: 'run-1', phase: 'done', result } }),
      { do: 'finish', result },
    ],
    [
      'a run of a process that is gone begins anew',
      observed({ status: running }),
      { do: 'begin', trigger: 'RunToken', cutOff: running.lastRun },
    ],
    [
      'so does one that another process took over',
      observed({ status: running }, { task: { runId: 'other', phase: 'running' } }),
      { do: 'begin', cutOff: running.lastRun },
    ],
    [
      'what asked for a run that was cut off still asks, though it is echoed',
      observed({
        metadata: { annotations: { 'awoooi.io/requested-at': 'a' } },
        status: { lastRun: run({ phase: 'Running', trigger: 'Annotation' }), lastHandledRequest: 'a' },
      }),
      { do: 'begin', trigger: 'Annotation' },
    ],
  ])('%s', (_, given, expected) => {
    expect(nextStep(given)).toMatchObject(expected);
  });
});

describe('nextStep after a scheduled run that was cut off', () => {
  const cut = { lastRun: run({ phase: 'Running' }), rollouts: { 'Deployment/api': '1' } };

  it.each<[string, ProbeParts, Partial<Observed>]>([
    ['Schedule', {}, {}],
    ['RunToken', { spec: { runToken: 'v2' } }, {}],
    ['SpecChange', { metadata: { generation: 4 } }, {}],
    ['Annotation', { metadata: { annotations: { 'awoooi.io/requested-at': 'a' } } }, {}],
    ['Annotation', { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'a' } } }, {}],
    ['Rollout', {}, { rollouts: { 'Deployment/api': '2' } }],
  ])('counts as %s where that was asked for meanwhile: its echo goes with this run', (trigger, parts, over) => {
    expect(nextStep(observed({ ...parts, status: cut }, over))).toMatchObject({ do: 'begin', trigger, cutOff: cut.lastRun });
  });
});

describe('plannedRun', () => {
  it('makes up for many missed runs once', () => {
    const status = ran('2025-12-31T00:00:00Z');
    const first = plannedRun(observed({ status }));
    expect(first <= NOW).toBe(true);
    const after = ran(NOW.toISOString());
    expect(plannedRun(observed({ status: after })) > NOW).toBe(true);
  });

  it('does not fall silent when the clock was stepped back an hour', () => {
    const status = ran('2026-01-01T01:12:00Z');
    expect(plannedRun(observed({ status }))).toEqual(new Date('2026-01-01T00:15:00Z'));
  });

  it.each<[string, ProbeParts, number]>([
    ['back, a while after a run', { status: { ...ran(fromNow(HOUR_MS - 60_000)), nextRunTime: fromNow(HOUR_MS + 180_000) } }, EVERY_MS],
    ['back, before the first run', { metadata: { creationTimestamp: fromNow(HOUR_MS) } }, 10_000],
    [
      'back, before the first run but after it was planned',
      { metadata: { creationTimestamp: fromNow(HOUR_MS) }, status: { nextRunTime: fromNow(HOUR_MS + 5_000) } },
      10_000,
    ],
    ['forward, a while after a run', { status: { ...ran(fromNow(-HOUR_MS - 60_000)), nextRunTime: fromNow(-HOUR_MS + 180_000) } }, 0],
    ['forward, before the first run', { metadata: { creationTimestamp: fromNow(-HOUR_MS) } }, 0],
  ])('comes to run when the clock was stepped by an hour %s', (_, parts, withinMs) => {
    expect(firstBegin(parts)).toBeLessThanOrEqual(withinMs);
  });

  it('runs a new probe within ten seconds of its creation', () => {
    const planned = plannedRun(observed({ metadata: { creationTimestamp: NOW.toISOString() } }));
    expect(planned.getTime() - NOW.getTime()).toBeLessThan(10_000);
  });
});
