import { expect } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import type { RepairLane } from './repair-lane.ts';
import {
  ALERT,
  allow,
  asked,
  both,
  fire,
  repairedOnce,
  RESTART,
  resolveOnceVerifying,
  rolledOut,
  type Story,
  WITHIN,
  withPlaybook,
} from './repair-story.ts';

const pause = (lane: RepairLane): Promise<void> => lane.call('/repairs/pause', { reason: 'A release.' });
const isPaused =
  (paused: boolean) =>
  async (lane: RepairLane): Promise<void> =>
    expect((await lane.stage.kubectl('get', 'configmap', 'awoooi-repair-pause', '-o', 'jsonpath={.data}')).includes('A release.')).toBe(
      paused,
    );

/** How often the team was told, and an issue was asked for. */
const toldOf =
  (times: { readonly notices: number; readonly issues: number }) =>
  async ({ telegram, hooks }: RepairLane): Promise<void> => {
    const notices = telegram.cards().filter(({ text }) => text.startsWith('📣')).length;
    const issues = hooks.requests.filter(({ body }) => body.includes('"repair-issue"')).length;
    expect({ notices, issues }).toEqual(times);
  };

const phases = async (lane: RepairLane): Promise<readonly string[]> =>
  (await lane.runs()).map(({ status }) => status?.phase ?? 'none').toSorted();

async function changed(lane: RepairLane): Promise<void> {
  const [step] = RESTART.steps;
  await asked(lane);
  await lane.write('book', { ...RESTART, steps: [step, step] });
}

const pods = async ({ stage }: RepairLane): Promise<string> => stage.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}');

/** One pod goes, and the one that comes in its place stays. */
function podStory(): Story {
  const known = { first: '', second: '' };
  return {
    title: 'a pod is to be evicted',
    async before(lane) {
      await lane.deploy('api', { replicas: 1 });
      known.first = await pods(lane);
      const target = { kind: 'Pod', name: known.first };
      await lane.write('book', { match: { alertname: ALERT }, steps: [{ action: 'delete_pod', target }] });
      await fire(lane);
    },
    deaths: both('run-effect', {
      meanwhile: allow,
      leaves: async lane => expect(await pods(lane)).toBe(known.first),
      async leavesAfter(lane) {
        const other = (names: string): boolean => names !== known.first && !names.includes(' ');
        known.second = await eventually(async () => [await pods(lane)].find(other), WITHIN);
      },
    }),
    async ends(lane) {
      await resolveOnceVerifying(lane);
      await lane.run('book', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
      expect(await pods(lane)).toBe(known.second);
    },
  };
}

/** Deaths over what is done otherwise than by a patch of a workload. */
export const MORE_STORIES: readonly Story[] = [
  {
    title: 'people are to be told, and an issue is to be created',
    before: lane =>
      withPlaybook(lane, {
        match: { alertname: ALERT },
        steps: ['notify_team', 'create_issue'].map(action => ({ action, parameters: { text: 'The disk is full.' } })),
      }),
    deaths: [
      ...both('run-effect', {
        meanwhile: allow,
        leaves: toldOf({ notices: 0, issues: 0 }),
        leavesAfter: toldOf({ notices: 1, issues: 0 }),
      }),
      // The first time it finds that the team was told before.
      { failpoint: 'run-effect:before:2', leaves: toldOf({ notices: 1, issues: 0 }) },
      { failpoint: 'run-effect:after', leaves: toldOf({ notices: 1, issues: 1 }) },
    ],
    async ends(lane) {
      await resolveOnceVerifying(lane);
      await lane.run('book', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
      await toldOf({ notices: 1, issues: 1 })(lane);
    },
  },
  podStory(),
  {
    title: 'a run of a changed playbook is to ask again',
    before: lane => withPlaybook(lane, RESTART),
    deaths: [
      // The first was that of the run which is void by now.
      {
        failpoint: 'run-create:before:2',
        meanwhile: changed,
        leaves: async lane => expect(await phases(lane)).toEqual(['AwaitingApproval']),
      },
      { failpoint: 'run-create:after', leaves: async lane => expect(await phases(lane)).toHaveLength(2) },
    ],
    async ends(lane) {
      await eventually(async () => (await phases(lane)).join() === 'AwaitingApproval,Expired', WITHIN);
      await rolledOut(1)(lane);
    },
  },
  {
    title: 'people pause all repairs, and let them go on',
    async before(lane) {
      await lane.allowPause();
      await withPlaybook(lane, RESTART);
    },
    deaths: [
      { failpoint: 'repairs-pause:before', meanwhile: pause, leaves: isPaused(false) },
      { failpoint: 'repairs-pause:after', meanwhile: pause, leaves: isPaused(true) },
      {
        failpoint: 'repairs-resume:before',
        async meanwhile(lane) {
          await allow(lane);
          await lane.run('book', ({ status }) => /paused by admin/.test(status?.message ?? ''));
          await lane.call('/repairs/resume');
        },
        leaves: isPaused(true),
      },
      { failpoint: 'repairs-resume:after', meanwhile: lane => lane.call('/repairs/resume'), leaves: isPaused(false) },
    ],
    ends: repairedOnce,
  },
];
