import { expect } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import type { RepairLane } from './repair-lane.ts';
import {
  ALERT,
  allow,
  asked,
  both,
  fire,
  learned,
  repairedOnce,
  RESTART,
  resolve,
  resolveOnceVerifying,
  rolledOut,
  type Story,
  TARGET,
  WITHIN,
  withPlaybook,
} from './repair-story.ts';

async function noRun(lane: RepairLane): Promise<void> {
  expect(await lane.runs()).toEqual([]);
}

async function anomalyKey({ reader }: RepairLane): Promise<string> {
  return eventually(async () => (await reader.all({ alertname: ALERT }))[0]?.anomaly_key, WITHIN);
}

/** Five repairs that helped, of which nobody knows twice. */
async function report(lane: RepairLane): Promise<void> {
  const key = await anomalyKey(lane);
  const outcome = { anomaly_key: key, repair_action: 'restart_pod', success: true, root_cause: 'It leaks.' };
  await lane.report(Array.from({ length: 5 }, (_, n) => ({ ...outcome, id: `o-${n}` })));
}

const approveByApi = async (lane: RepairLane): Promise<void> => lane.call(`/approvals/${(await asked(lane)).status?.approvalId}/approve`);

export const STORIES: readonly Story[] = [
  {
    title: 'an incident is to make its run',
    before: lane => withPlaybook(lane, RESTART),
    deaths: [...both('playbook-record'), ...both('run-create'), ...both('run-ask')],
    ends: async lane => {
      await allow(lane);
      await repairedOnce(lane);
    },
  },
  {
    title: 'a run is to be shown and to begin',
    before: lane => withPlaybook(lane, RESTART),
    deaths: [
      ...both('show-repair'),
      ...both('run-intent', { meanwhile: allow, leaves: rolledOut(1), leavesAfter: rolledOut(1) }),
      ...both('run-effect', { leaves: rolledOut(1), leavesAfter: rolledOut(2) }),
      ...both('run-effected', { leaves: rolledOut(2), leavesAfter: rolledOut(2) }),
    ],
    async ends(lane) {
      await repairedOnce(lane);
      const shown = async () => (await lane.reader.all({ alertname: ALERT }))[0]?.repairs.map(({ phase }) => phase);
      await eventually(async () => (await shown())?.join() === 'Succeeded', WITHIN);
    },
  },
  {
    title: 'it is to be recorded what came of a run',
    before: lane => withPlaybook(lane, RESTART),
    deaths: [
      ...both('run-deed', { meanwhile: allow, leaves: rolledOut(2), leavesAfter: rolledOut(2) }),
      ...both('run-verdict', { meanwhile: resolve }),
      ...both('run-learn', {
        leaves: lane => learned(lane, { attempts: 0 }),
        leavesAfter: lane => learned(lane, { attempts: 1, successes: 1 }),
      }),
      ...both('run-end'),
    ],
    ends: repairedOnce,
  },
  {
    title: 'people are heard by the API, and a run is no longer kept',
    before: lane => withPlaybook(lane, { ...RESTART, successfulRunsHistoryLimit: 0 }),
    deaths: [
      { failpoint: 'decide-run:before', meanwhile: approveByApi },
      { failpoint: 'decide-run:after', meanwhile: approveByApi, leaves: rolledOut(1) },
      ...both('run-remove', { meanwhile: resolveOnceVerifying, leavesAfter: noRun }),
    ],
    async ends(lane) {
      await lane.fire('Another', 'api');
      await eventually(async () => (await lane.reader.all({ alertname: 'Another' })).length === 1, WITHIN);
      await noRun(lane);
      await rolledOut(2)(lane);
      await learned(lane, { attempts: 1, successes: 1 });
    },
  },
  {
    title: 'people say that they have done it',
    before: lane =>
      withPlaybook(lane, { match: { alertname: ALERT }, steps: [{ action: 'manual_intervention', parameters: { text: 'Turn it.' } }] }),
    deaths: [
      {
        failpoint: 'answer-run:before',
        meanwhile: async lane => {
          await allow(lane);
          await lane.press('✅ Done, it helped');
        },
      },
      { failpoint: 'answer-run:after' },
    ],
    async ends(lane) {
      await lane.run('book', ({ status }) => status?.phase === 'Verifying');
      await resolve(lane);
      const { status } = await lane.run('book', ({ status: now }) => now?.phase === 'Succeeded' && now.learned === true);
      expect(status?.steps).toMatchObject([{ answer: { helped: true }, deed: { result: 'Done' } }]);
      await learned(lane, { attempts: 1, successes: 1 });
    },
  },
  {
    title: 'a run that failed is to be taken back',
    before: lane =>
      withPlaybook(lane, {
        match: { alertname: ALERT },
        steps: [{ action: 'increase_memory', target: TARGET, parameters: { to: '32Mi', max: '32Mi' } }],
        verify: { window: '20s', quiet: '2s', evaluationInterval: '1s' },
        onFailure: 'Rollback',
      }),
    deaths: [
      ...both('run-undo', { meanwhile: allow, leaves: rolledOut(2), leavesAfter: rolledOut(3) }),
      ...both('run-undone', { leaves: rolledOut(3), leavesAfter: rolledOut(3) }),
    ],
    async ends(lane) {
      const { status } = await lane.run('book', ({ status: now }) => now?.phase === 'Failed' && now.learned === true);
      expect(status).toMatchObject({ verdict: { reason: 'NotResolved' }, steps: [{ undone: { result: 'Done' } }] });
      await rolledOut(3)(lane);
      expect(await lane.stage.kubectl('get', 'deployment', 'api', '-o', 'jsonpath={..limits.memory}')).toBe('16Mi');
      await learned(lane, { attempts: 1, successes: 0 });
    },
  },
  {
    title: 'a repair that has proved itself is to become a playbook',
    before: fire,
    deaths: [...both('playbook-write', { meanwhile: report }), ...both('playbook-seen')],
    async ends(lane) {
      const none = async () => (await lane.learning.candidates(10, AbortSignal.timeout(10_000))).length === 0;
      await eventually(none, WITHIN);
      const written = await lane.stage.kubectl('get', 'repairplaybooks', '-o', 'jsonpath={.items[*].spec.source}');
      expect(written).toBe('auto_learning');
    },
  },
];
