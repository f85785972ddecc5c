import { expect, it } from 'vitest';
import { repairRun } from '../../../test/builders/known-run.ts';
import { runsOfPlaybook } from './watch.ts';

it('turns the runs of a playbook that was changed, but for those that have ended', () => {
  const runs = [
    repairRun({ metadata: { name: 'new' } }),
    repairRun({ metadata: { name: 'waits' }, status: { phase: 'AwaitingApproval' } }),
    repairRun({ metadata: { name: 'over' }, status: { phase: 'Expired' } }),
    repairRun({ metadata: { name: 'elsewhere', namespace: 'crm' } }),
    repairRun({ metadata: { name: 'another' }, spec: { playbookRef: { name: 'other' } } }),
  ];
  expect(runsOfPlaybook(runs, 'shop/restart-web')).toEqual(['shop/new', 'shop/waits']);
});
