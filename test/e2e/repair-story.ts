import { expect } from 'vitest';
import type { RunView } from './repair-stage.ts';
import type { RepairLane } from './repair-lane.ts';

export const WITHIN = { withinMs: 90_000, everyMs: 100 };
export const ALERT = 'Slow';
export const TARGET = { kind: 'Deployment', fromLabel: 'deployment' };
export const RESTART = { match: { alertname: ALERT }, steps: [{ action: 'restart_pod', target: TARGET }] };

/** One operator that dies. */
interface Death {
  readonly failpoint: string;
  /** What happens while it runs, or before it does. */
  readonly meanwhile?: (lane: RepairLane) => Promise<unknown>;
  /** What must be so while nobody runs. */
  readonly leaves?: (lane: RepairLane) => Promise<unknown>;
}

/** What one operator after the other dies over, before and after each effect, and what must have come of it once one lives. */
export interface Story {
  readonly title: string;
  readonly before: (lane: RepairLane) => Promise<unknown>;
  readonly deaths: readonly Death[];
  readonly ends: (lane: RepairLane) => Promise<unknown>;
}

export const fire = (lane: RepairLane): Promise<void> => lane.fire(ALERT, 'api');
export const resolve = (lane: RepairLane): Promise<void> => lane.resolve(ALERT, 'api');
export const asked = (lane: RepairLane, playbook = 'book'): Promise<RunView> =>
  lane.run(playbook, ({ status }) => status?.phase === 'AwaitingApproval' && status.approvalId !== undefined);
export const allow = async (lane: RepairLane): Promise<void> => lane.approve(await asked(lane));
export const rolledOut =
  (times: number) =>
  async (lane: RepairLane): Promise<void> =>
    expect(await lane.rollouts('api')).toBe(times);

/** Both failpoints of an effect; what has to happen does so at the first. */
export function both(effect: string, over: Omit<Death, 'failpoint'> & { readonly leavesAfter?: Death['leaves'] } = {}): Death[] {
  const { leavesAfter, ...before } = over;
  return [
    { failpoint: `${effect}:before`, ...before },
    { failpoint: `${effect}:after`, ...(leavesAfter && { leaves: leavesAfter }) },
  ];
}

export async function withPlaybook(lane: RepairLane, spec: object): Promise<void> {
  await lane.deploy('api');
  await lane.write('book', spec);
  await fire(lane);
}

/** An alert that resolves before the repair was not repaired. */
export async function resolveOnceVerifying(lane: RepairLane): Promise<void> {
  await lane.run('book', ({ status }) => status?.phase === 'Verifying' || status?.phase === 'Succeeded');
  await resolve(lane);
}

/** The one run succeeded after one rollout, and that counts once. */
export async function repairedOnce(lane: RepairLane): Promise<void> {
  await resolveOnceVerifying(lane);
  await lane.run('book', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
  await rolledOut(2)(lane);
  await learned(lane, { attempts: 1, successes: 1 });
}

export async function learned(lane: RepairLane, counted: object): Promise<void> {
  expect(await lane.learning.playbook(await lane.version('book'), AbortSignal.timeout(10_000))).toMatchObject(counted);
}
