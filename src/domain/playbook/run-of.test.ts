import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentOf, OPENED } from '../../../test/builders/telegram-world.ts';
import { PLAYBOOK_HASH, playbookOf } from '../../../test/builders/known-playbook.ts';
import { RepairRunSpec } from '../../crds/repairrun/spec.ts';
import type { Incident } from '../incidents/incident.ts';
import { playbookMark, runName, runNumber } from './run-name.ts';
import { type RunOf, runOf } from './run-of.ts';

const incident = incidentOf();
const stepOn = (target: object) => ({ spec: { steps: [{ action: 'restart_pod', target }] } });
const madeOf = (made: RunOf) => (made.is === 'run' ? made.run : undefined);
const reopened = (of: Incident): Incident => ({
  ...of,
  timeline: [...of.timeline, { at: new Date(OPENED.getTime() + 60_000), what: 'reopened', who: 'alertmanager' }],
});

describe('the run of a playbook', () => {
  it('is all that the playbook says, of this incident, every target by its name', () => {
    const terms = { approval: { approvers: ['ann', 'mei'], quorum: 2 }, onFailure: 'Rollback', gitOps: 'AllowRevert', mode: 'Automatic' };
    const playbook = playbookOf('restart-cart', { spec: terms });
    const run = madeOf(runOf(playbook, incident));
    expect(run).toMatchObject({ namespace: 'shop', playbook: 'restart-cart', name: runName(playbook.metadata, incident) });
    expect(run?.spec).toMatchObject({
      playbookRef: { name: 'restart-cart' },
      playbookHash: PLAYBOOK_HASH,
      incidentId: incident.id,
      anomalyKey: incident.anomalyKey,
      alertname: 'DiskFull',
      dryRun: false,
      steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'cart' } }],
      ...terms,
      approvals: [],
    });
    expect(run?.spec.steps[0]?.target).not.toHaveProperty('fromLabel');
    expect(RepairRunSpec.safeParse(run?.spec).success).toBe(true);
  });

  it.each([
    ['Shadow', true],
    ['Suggest', false],
  ])('of mode %s is a dry run: %s', (mode, expected) => {
    expect(madeOf(runOf(playbookOf('restart', { spec: { mode } }), incident))?.spec).toMatchObject({ mode, dryRun: expected });
  });

  it.each([
    ['whose label is not there', { kind: 'Pod', fromLabel: 'pod' }, /the alert has no label pod that would name the Pod of restart_pod/],
    ['whose label is no name', { kind: 'Pod', fromLabel: 'alertname' }, /label alertname \(DiskFull\) is no name that a Pod can have/],
  ])('cannot be made with a target %s, and says what to do', (_, target, why) => {
    const made = runOf(playbookOf('restart', stepOn(target)), incident);
    expect(made).toMatchObject({ is: 'cannot', why: expect.stringMatching(why) });
    expect(made).toMatchObject({ why: expect.stringMatching(/^RepairPlaybook shop\/restart: .*target\.name/) });
  });

  it('cannot be made of a playbook that nobody has looked at', () => {
    const { status: _, ...unseen } = playbookOf('restart');
    expect(runOf(unseen, incident)).toMatchObject({ is: 'cannot', why: expect.stringContaining('Ready') });
  });
});

describe('the name of a run', () => {
  const own = { namespace: 'shop', name: 'restart-cart' };

  it('is the same for the same cause, and another for another', () => {
    const name = runName(own, incident);
    expect(name).toMatch(/^restart-cart-[0-9a-f]{10}$/);
    expect(runName(own, { ...incident, timeline: [...incident.timeline] })).toBe(name);
    const others = [runName({ ...own, namespace: 'x' }, incident), runName(own, incidentOf()), runName(own, reopened(incident))];
    expect(new Set([name, ...others]).size).toBe(4);
    expect(runName(own, incident, 2)).toBe(`${name}-2`);
  });

  it('is a DNS label of at most 63 characters, whatever the playbook is called, and gives its number back', () => {
    const anyName = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
    fc.assert(
      fc.property(anyName, fc.integer({ min: 0, max: 999 }), (name, number) => {
        const run = runName({ namespace: 'shop', name }, incident, number);
        expect(run).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        expect(runNumber(run, { namespace: 'shop', name }, incident)).toBe(number);
      }),
    );
  });

  it.each([
    ['-3f9c0a', 0],
    ['-2-3f9c0a', 2],
    ['-123456-3f9c0a', 0],
  ])('has its number also with %s behind it: of a run that asks again for a playbook that was changed', (end, number) => {
    expect(runNumber(`${runName(own, incident)}${end}`, own, incident)).toBe(number);
  });

  it.each(['-x', '-01', '-0', '-1000', 'x', '-3f9c0a-2'])('with %s behind it is none of ours', end => {
    expect(runNumber(`${runName(own, incident)}${end}`, own, incident)).toBeUndefined();
  });

  it('is of one opening alone', () => {
    expect(runNumber(runName(own, incident), own, reopened(incident))).toBeUndefined();
  });
});

it('the mark of a playbook is another once anything is another that it would do', () => {
  const mark = playbookMark(playbookOf('restart'));
  expect(mark).toMatch(/^[0-9a-f]{8}$/);
  expect(playbookMark(playbookOf('restart', { spec: { description: 'x' } }))).toBe(mark);
  const others = [playbookOf('other'), playbookOf('restart', { namespace: 'x' }), playbookOf('restart', { status: { hash: '00' } })];
  expect(new Set([mark, ...others.map(playbookMark)]).size).toBe(4);
});
