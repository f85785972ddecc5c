import { expect, it } from 'vitest';
import { recordStage } from './record-stage.ts';

const time = '2026-01-01T00:00:00.000Z';
const intent = { time, summary: '', plan: '' };
const step = { index: 0, action: 'rollback' as const, intent };
const deed = { time, result: 'Done' as const };
const verdict = { phase: 'Failed' as const, reason: '', message: '', time };

it.each<[string, Parameters<typeof recordStage>[0], string | undefined]>([
  ['nothing yet', {}, undefined],
  ['waits', { phase: 'AwaitingApproval' }, 'run-ask'],
  ['intent', { phase: 'Running', steps: [step] }, 'run-intent'],
  ['effect', { phase: 'Running', steps: [{ ...step, effectTime: time }] }, 'run-effected'],
  ['deed', { phase: 'Verifying', steps: [{ ...step, effectTime: time, deed }] }, 'run-deed'],
  [
    'the next intent',
    {
      phase: 'Running',
      steps: [
        { ...step, deed },
        { ...step, index: 1 },
      ],
    },
    'run-intent',
  ],
  ['verdict', { phase: 'Verifying', verdict, steps: [{ ...step, deed }] }, 'run-verdict'],
  ['undone', { phase: 'Verifying', verdict, steps: [{ ...step, deed, undone: { time, result: 'Done' } }] }, 'run-undone'],
  ['end', { phase: 'Failed', verdict }, 'run-end'],
])('%s', (_, status, stage) => {
  expect(recordStage(status)).toBe(stage);
});
