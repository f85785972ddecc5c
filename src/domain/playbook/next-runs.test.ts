import { beforeEach, describe, expect, it } from 'vitest';
import { type RepairDesk, repairDesk } from '../../../test/builders/repair-desk.ts';
import { playbookOf, type PlaybookOver, statsOf } from '../../../test/builders/known-playbook.ts';
import { incidentOf, OPENED } from '../../../test/builders/telegram-world.ts';
import type { RunPhase } from '../../crds/repairrun/status.ts';
import type { Incident, IncidentRepair } from '../incidents/incident.ts';
import { type NextRuns, nextRuns } from './next-runs.ts';
import { offerFor, proposedRun } from './offer.ts';
import { playbookMark, runName } from './run-name.ts';

let incident: Incident;
let desk: RepairDesk;
let now: Date;

beforeEach(() => {
  incident = incidentOf();
  now = new Date(OPENED.getTime() + 10_000);
});

const known = () => ({ ...desk.objects, now: () => now });
const mode = (mode: string, over: PlaybookOver = {}): PlaybookOver => ({ ...over, spec: { mode, ...over.spec } });
const next = (intended?: string): NextRuns => nextRuns(incident, known(), intended);
const named = (name: string, number = 0): string => `shop/${runName({ namespace: 'shop', name }, incident, number)}`;
const nextName = (intended?: string): string | undefined => {
  const { repair } = next(intended);
  return repair && `${repair.namespace}/${repair.name}`;
};
/** Makes what comes next, and brings it to a phase. */
async function done(phase: RunPhase, startedAt?: string): Promise<string> {
  const { repair } = next();
  if (!repair) throw new Error('nothing comes next');
  await desk.objects.create(repair, AbortSignal.timeout(1_000));
  const name = `${repair.namespace}/${repair.name}`;
  desk.move(name, { phase, ...(startedAt !== undefined && { startedAt }) });
  return name;
}
const remembered = (name: string, phase: RunPhase, number = 0): IncidentRepair => ({
  approvalId: `rr-${name}`,
  run: named(name, number),
  playbook: name,
  summary: 'it restarts',
  tier: 1,
  phase,
  detail: '',
  updatedAt: OPENED,
});
const offered = () => offerFor(incident, known());
const propose = (mark: string) => proposedRun(incident, mark, known());
const STARTED = '2026-11-26T10:00:05.000Z';

describe('what comes next', () => {
  it.each([
    ['Approve', true],
    ['Automatic', true],
    ['Suggest', false],
  ])('is a run of a playbook of mode %s: %s', (given, expected) => {
    desk = repairDesk([playbookOf('restart', mode(given))]);
    expect(nextName()).toBe(expected ? named('restart') : undefined);
  });

  it('is the one with the best lower bound, then the one that reaches less far, then the first by name', async () => {
    const scale = { steps: [{ action: 'scale_up', target: { kind: 'Deployment', name: 'cart' }, parameters: { by: 1, maxReplicas: 5 } }] };
    desk = repairDesk([
      playbookOf('c-proved', { status: statsOf(0.7), spec: scale }),
      playbookOf('z-unproved'),
      playbookOf('b-unproved'),
      playbookOf('a-far', { spec: scale }),
      playbookOf('suggested', mode('Suggest', { status: statsOf(0.9) })),
    ]);
    const order: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      order.push((await done('Failed', STARTED)).replace(/^shop.(.*)-.*$/, '$1'));
    }
    expect(order).toEqual(['c-proved', 'b-unproved', 'z-unproved', 'a-far']);
  });

  it('is another where one failed by the very firing that opened the incident again, and the same where it had ended before', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    const { repair } = next();
    if (repair) await desk.objects.create(repair, AbortSignal.timeout(1_000));
    const again = new Date(OPENED.getTime() + 60_000);
    const first = named('a');
    desk.move(first, { phase: 'Failed', finishedAt: new Date(OPENED.getTime() + 61_000).toISOString() });
    incident = { ...incident, timeline: [...incident.timeline, { at: again, what: 'reopened', who: 'alertmanager' }] };
    expect(named('a')).not.toBe(first);
    expect(nextName()).toBe(named('b'));
    desk.move(first, { phase: 'Failed', finishedAt: new Date(OPENED.getTime() + 59_000).toISOString() });
    expect(nextName()).toBe(named('a'));
  });

  it.each<[RunPhase, boolean]>([
    ['AwaitingApproval', false],
    ['Running', false],
    ['Verifying', false],
    ['Failed', true],
    ['Rejected', false],
    ['Expired', false],
    ['Unknown', false],
    ['Succeeded', false],
  ])('after a run that is %s is another: %s', async (phase, expected) => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    await done(phase, STARTED);
    expect(nextName()).toBe(expected ? named('b') : undefined);
  });

  it('is nothing when all have failed, and the first again when the incident has opened again', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    for (const name of ['a', 'b']) expect(await done('Failed', STARTED)).toBe(named(name));
    expect(nextName()).toBeUndefined();
    const at = new Date(OPENED.getTime() + 60_000);
    incident = { ...incident, timeline: [...incident.timeline, { at, what: 'reopened', who: 'alertmanager' }] };
    expect(nextName()).toBe(named('a'));
  });

  it('is nothing in a new opening while a run of an earlier one is under way', async () => {
    desk = repairDesk([playbookOf('a')]);
    await done('Verifying', STARTED);
    const at = new Date(OPENED.getTime() + 60_000);
    incident = { ...incident, timeline: [...incident.timeline, { at, what: 'reopened', who: 'alertmanager' }] };
    expect(nextName()).toBeUndefined();
  });

  it('is left to the run that asks again where the playbook was changed, and another once that has failed', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    const first = await done('Expired');
    const renewed = { ...remembered('a', 'AwaitingApproval'), run: `${first}-3f9c0a` };
    for (const [phase, expected] of [
      ['AwaitingApproval', undefined],
      ['Rejected', undefined],
      ['Failed', named('b')],
    ] as const) {
      incident = { ...incident, repairs: [remembered('a', 'Expired'), { ...renewed, phase }] };
      expect(nextName()).toBe(expected);
    }
  });

  it('does not ask again for what a person rejected, whatever became of the playbook', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    await done('Rejected');
    desk.playbooks.splice(0, 1, playbookOf('a', { status: { hash: '0000000000000000' } }));
    expect(nextName()).toBeUndefined();
  });

  it('goes by what the incident remembers where the caches are behind, or the runs are gone', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    await done('Running', STARTED);
    incident = { ...incident, repairs: [remembered('a', 'Failed')] };
    expect(nextName()).toBe(named('b'));
    desk.runs.clear();
    expect(nextName()).toBe(named('b'));
    incident = { ...incident, repairs: [remembered('a', 'AwaitingApproval')] };
    expect(nextName()).toBeUndefined();
  });

  it('leaves it to people where somebody has deleted a run that was under way', () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    incident = { ...incident, repairs: [remembered('a', 'AwaitingApproval')] };
    expect(offerFor(incident, known())).toBeUndefined();
    now = new Date(OPENED.getTime() + 130_000);
    expect(nextName()).toBeUndefined();
    expect(offerFor(incident, known())).toMatchObject({ is: 'suggestion', playbook: 'a' });
  });

  it('is what was about to be made, until somebody has seen it', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b', { status: statsOf(0.9) })]);
    expect(nextName(named('a'))).toBe(named('a'));
    expect(nextName(named('gone'))).toBe(named('b'));
    desk = repairDesk([playbookOf('a')]);
    await done('Running', STARTED);
    expect(nextName(named('a'))).toBeUndefined();
  });

  it('passes over what cannot be done, and says why', () => {
    const noPod = { steps: [{ action: 'delete_pod', target: { kind: 'Pod', fromLabel: 'pod' } }] };
    desk = repairDesk([playbookOf('a', { spec: noPod }), playbookOf('b')]);
    expect(nextName()).toBe(named('b'));
    expect(next().cannot).toEqual([expect.stringContaining('the alert has no label pod')]);
  });
});

describe('a shadow', () => {
  it('is tried besides, once, and stands in nobody’s way', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('s', mode('Shadow', { status: statsOf(0.9) }))]);
    const { shadows, repair } = next();
    expect([shadows.map(({ playbook }) => playbook), repair?.playbook]).toEqual([['s'], 'a']);
    for (const shadow of shadows) await desk.objects.create(shadow, AbortSignal.timeout(1_000));
    expect(next()).toMatchObject({ shadows: [], repair: { playbook: 'a' } });
    desk.move(named('s'), { phase: 'DryRun' });
    expect(next()).toMatchObject({ shadows: [], repair: { playbook: 'a' } });
    desk.runs.clear();
    incident = { ...incident, repairs: [remembered('s', 'DryRun')] };
    expect(next()).toMatchObject({ shadows: [], repair: { playbook: 'a' } });
  });
});

describe('people are offered', () => {
  it('the best of mode Suggest, with what it does', () => {
    desk = repairDesk([playbookOf('a', mode('Suggest')), playbookOf('b', mode('Suggest', { status: statsOf(0.5) }))]);
    const mark = playbookMark(desk.playbooks[1] ?? playbookOf('b'));
    expect(offered()).toEqual({ is: 'suggestion', playbook: 'b', summary: 'restart_pod of Deployment cart', tier: 1, mark });
  });

  it('nothing that asks by itself, is only tried out, or cannot be done', () => {
    const noPod = { mode: 'Suggest', steps: [{ action: 'delete_pod', target: { kind: 'Pod', fromLabel: 'pod' } }] };
    for (const over of [mode('Approve'), mode('Automatic'), mode('Shadow'), { spec: noPod }]) {
      desk = repairDesk([playbookOf('a', over)]);
      expect(offered()).toBeUndefined();
    }
  });

  it('nothing while something is done about it, nor once it is resolved', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('s', mode('Suggest'))]);
    expect(offered()).toBeUndefined();
    await done('Running', STARTED);
    expect(offered()).toBeUndefined();
    desk.move(named('a'), { phase: 'Failed' });
    expect(offered()).toMatchObject({ is: 'suggestion', playbook: 's' });
    incident = { ...incident, status: 'resolved' };
    expect(offered()).toBeUndefined();
  });

  it.each(['Expired', 'Unknown'] as const)('the same again after a run of it is %s', async phase => {
    desk = repairDesk([playbookOf('a')]);
    await done(phase, STARTED);
    expect(offered()).toMatchObject({ is: 'suggestion', playbook: 'a' });
  });

  it('to take over when all that was tried has failed, and not before', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b')]);
    await done('Failed', STARTED);
    expect(offered()).toBeUndefined();
    await done('Failed', STARTED);
    expect(offered()).toEqual({ is: 'people', failed: ['a', 'b'] });
  });

  it('nothing where nothing was tried, or a person said no', async () => {
    desk = repairDesk([]);
    expect(offered()).toBeUndefined();
    desk = repairDesk([playbookOf('a')]);
    await done('Rejected');
    expect(offered()).toBeUndefined();
  });
});

describe('a proposal', () => {
  it('is a run of what was shown, again with a further number after one has ended', () => {
    const [a, b] = [playbookOf('a', mode('Suggest')), playbookOf('b', mode('Suggest'))];
    desk = repairDesk([a, b]);
    expect(propose(playbookMark(b))).toMatchObject({ is: 'run', run: { playbook: 'b', name: runName(b.metadata, incident) } });
    incident = { ...incident, repairs: [remembered('b', 'Expired'), remembered('b', 'Expired', 1)] };
    expect(propose(playbookMark(b))).toMatchObject({ is: 'run', run: { name: runName(b.metadata, incident, 2) } });
  });

  it('of what is not what was shown any more is refused', () => {
    const shown = playbookMark(playbookOf('a', mode('Suggest')));
    desk = repairDesk([playbookOf('a', mode('Suggest', { status: { hash: '0000000000000000' } }))]);
    expect(propose(shown)).toEqual({ is: 'changed' });
    desk = repairDesk([playbookOf('a', mode('Suggest'))]);
    incident = { ...incident, repairs: [remembered('a', 'Failed')] };
    expect(propose(shown)).toEqual({ is: 'changed' });
  });

  it('while something is done about the incident is refused', () => {
    desk = repairDesk([playbookOf('a', mode('Suggest'))]);
    incident = { ...incident, repairs: [remembered('x', 'Running')] };
    expect(propose(playbookMark(playbookOf('a')))).toMatchObject({ is: 'at-work', attempt: { playbook: 'x' } });
  });
});
