import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../builders/run-approvers.ts';
import { eventually } from '../parts/eventually.ts';
import { USER } from './incident-stage.ts';
import { probeView } from './probe-view.ts';
import { approvalId, repairPeople, type RepairPeople, STRANGER, threePeople } from './repair-people.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';
import { probe, secret } from './stage.ts';

let repair: RepairStage;
let people: RepairPeople;
let mei: Person;
let lin: Person;
let eve: Person;

beforeAll(async () => {
  repair = await raiseRepairStage('approvals', { AWOOOI_REPAIR_BREAKER_RUNS: '100' });
  people = repairPeople(repair);
  ({ mei, lin, eve } = await threePeople(repair));
  await repair.watchdog();
});
afterAll(() => repair?.stop());

const ADA = `telegram:${USER.id}`;
const RESTART = { action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } };

const waits = ({ status }: RunView): boolean => status?.phase === 'AwaitingApproval';
const wentOn = ({ status }: RunView): boolean => status?.phase === 'Verifying';
const rejected = ({ status }: RunView): boolean => status?.phase === 'Rejected';

/** A run that waits, for a workload and a playbook that bear the same name. */
async function asked(name: string, approval: object = {}): Promise<RunView> {
  await repair.deploy(name);
  await repair.playbook(name, { match: { alertname: name }, steps: [RESTART], approval });
  await repair.fire(name, name);
  const run = await repair.run(name, waits);
  // The operator answers from its cache, which may be a moment behind what the API server has just told us.
  const answered = async () => (await people.call(`/approvals/${approvalId(run)}`)).status === 200;
  await eventually(answered, { withinMs: 30_000, everyMs: 50 });
  return run;
}

const named = ({ metadata }: RunView): string => `${repair.stage.namespace}/${metadata.name}`;
const deciding = (run: RunView, verb: 'approve' | 'reject', person: Pick<Person, 'token'>, body: object = {}) =>
  people.call(`/approvals/${approvalId(run)}/${verb}`, { token: person.token, body });

/** Nothing was decided, and nothing was done. */
async function untouched(name: string): Promise<void> {
  const { status, spec } = await repair.run(name);
  expect([status?.phase, status?.approvals ?? [], spec.approvals]).toEqual(['AwaitingApproval', [], []]);
  expect(await repair.rollouts(name)).toBe(1);
}

describe('a drill approval', () => {
  it('is asked for, found and withdrawn by a probe of the operator itself, and neither rings nor runs', async () => {
    const { stage, world } = repair;
    const hops = [{ name: 'approval', type: 'Approval' }];
    const target = { url: world.operator.url, auth: { bearerToken: { name: 'api', key: 'token' } } };
    await stage.apply(secret('api', { token: stage.apiToken }), probe('drill', { target, hops }));
    const before = [world.telegram.sent.length, world.hooks.requests.length];
    const { hops: seen = [] } = await probeView(stage, 'drill').run();
    expect(seen).toMatchObject([
      { name: 'approval', result: 'Passed', message: expect.stringContaining('asked for, found and withdrawn') },
    ]);
    expect([world.telegram.sent.length, world.hooks.requests.length]).toEqual(before);
    expect(await repair.runs()).toEqual([]);
    expect(await people.call('/approvals?status=all')).toEqual({ status: 200, body: { approvals: [] } });
  });
});

describe.concurrent('a repair is approved', () => {
  it('by the button of a card that rings, pressed by an allowed user and by no stranger, and the card goes on with it', async () => {
    const run = await asked('button');
    const incident = await repair.incident('button');
    const card = await people.asking(run);
    const [own] = repair.world.cards(incident);
    expect([card.quiet, card.replyTo]).toEqual([undefined, own?.messageId]);
    expect(card.text).toMatch(/Playbook: button \(tier 1\)\nWhat is done: restart_pod of Deployment button\nUntil: 20.* UTC\n/);

    expect(await people.press(card, /Approve/, STRANGER)).toContain('TG_ALLOWED_USER_IDS');
    await untouched('button');

    expect(await people.press(card, /Approve/)).toBe('Approved.');
    const gone = await repair.run('button', wentOn);
    expect(gone.status?.approvals).toMatchObject([{ by: ADA, name: 'ada', via: 'telegram', decision: 'Approve' }]);
    expect(await repair.rollouts('button')).toBe(2);
    expect((await people.edited(card, /^🔎 being verified, by ada\n/)).buttons).toEqual([]);
    expect(await people.press(card, /Reject/)).toBe('Too late: approved by ada (telegram:4711) already.');

    await repair.resolve('button', 'button');
    await people.edited(card, /^✅ succeeded, by ada\n/);
    const { timeline } = await repair.incident('button', ({ timeline: told }) => told.some(({ what }) => what === 'repair-ended'));
    expect(timeline).toContainEqual(expect.objectContaining({ what: 'repair-started', who: 'ada' }));
  });

  it('over HTTP by a token of Kubernetes with the verb approve, and by no other', async () => {
    const run = await asked('http');
    expect(await deciding(run, 'approve', eve)).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('the verb approve') },
    });
    expect(await deciding(run, 'approve', { token: repair.stage.apiToken })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('the API token demo proves no person') },
    });
    expect(await deciding(run, 'approve', { token: 'made-up' })).toMatchObject({ status: 401 });
    await untouched('http');

    const decision = { by: mei.by, via: 'api', decision: 'Approve', reason: 'it leaks' };
    expect(await deciding(run, 'approve', mei, { reason: 'it leaks' })).toMatchObject({ status: 200, body: { decisions: [decision] } });
    expect((await repair.run('http', wentOn)).status?.approvals).toMatchObject([decision]);
    expect(await repair.rollouts('http')).toBe(2);
    expect(await deciding(run, 'reject', lin)).toMatchObject({ status: 409, body: { approval: { status: 'approved' } } });
  });

  it('by awoooi approve in the name of the kubeconfig, and not without the verb', async () => {
    const run = await asked('shell');
    expect(await people.shell(eve, 'approve', named(run))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the verb approve'),
    });
    await untouched('shell');

    const said = await people.shell(mei, 'approve', named(run), '--reason', 'it leaks');
    expect(said).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining(`approved by ${mei.by}`) });
    const gone = await repair.run('shell', wentOn);
    expect(gone.status?.approvals).toMatchObject([{ by: mei.by, via: 'kubernetes', decision: 'Approve', reason: 'it leaks' }]);
    expect(await repair.rollouts('shell')).toBe(2);
    expect(await people.shell(lin, 'approve', named(run))).toMatchObject({ status: 1, stderr: expect.stringContaining('too late') });
  });

  it('by two people by two ways where the quorum is two, and by one who approves twice not', async () => {
    const run = await asked('quorum', { quorum: 2 });
    expect(await deciding(run, 'approve', mei)).toMatchObject({ status: 200 });
    await repair.run('quorum', ({ status }) => status?.message === 'It waits for approval: 1 of 2.');
    expect(await people.shell(mei, 'approve', named(run))).toMatchObject({ status: 0 });
    // It has been looked at with both of them.
    await repair.run('quorum', ({ spec, status }) => spec.approvals.length === 1 && status?.observedGeneration === 2);
    expect(await people.press(await people.asking(run), /Approve/)).toBe('Approved.');
    const gone = await repair.run('quorum', wentOn);
    expect(gone.status?.approvals).toMatchObject([
      { by: mei.by, via: 'api' },
      { by: ADA, via: 'telegram' },
    ]);
    const times = (gone.status?.approvals ?? []).map(({ time }) => Date.parse(time));
    expect(Date.parse(gone.status?.startedAt ?? '')).toBeGreaterThanOrEqual(Math.max(...times));
    expect(await repair.rollouts('quorum')).toBe(2);
  });

  it('by those alone whom the playbook lists', async () => {
    const run = await asked('listed', { approvers: [lin.by] });
    expect(await deciding(run, 'approve', mei)).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('is not among them') },
    });
    expect(await people.press(await people.asking(run), /Approve/)).toBe(
      'You may not decide about this repair: its playbook lists others (spec.approval.approvers).',
    );
    expect(await people.shell(mei, 'approve', named(run))).toMatchObject({ status: 1, stderr: expect.stringContaining(lin.by) });
    await untouched('listed');
    // By kubectl anybody with the verb may write an entry: it is recorded, and does not count.
    await repair.approve(run);
    const still = await repair.run('listed', ({ status }) => /Not counted: admin/.test(status?.message ?? ''));
    expect(still.status?.phase).toBe('AwaitingApproval');
    expect(await deciding(run, 'approve', lin)).toMatchObject({ status: 200 });
    await repair.run('listed', wentOn);
    expect(await repair.rollouts('listed')).toBe(2);
  });
});

describe.concurrent('a repair is rejected, and nothing is done,', () => {
  it('by the button', async () => {
    const run = await asked('no-button');
    const card = await people.asking(run);
    expect(await people.press(card, /Reject/)).toBe('Rejected.');
    expect((await repair.run('no-button', rejected)).status).toMatchObject({
      message: 'ada rejected it',
      approvals: [{ by: ADA, via: 'telegram', decision: 'Reject' }],
    });
    expect((await people.edited(card, /^🚫 rejected, by ada\n/)).buttons).toEqual([]);
    expect(await people.press(card, /Approve/)).toBe('Too late: rejected by ada (telegram:4711) already.');
    expect(await repair.rollouts('no-button')).toBe(1);
  });

  it('over HTTP, by the first who does, whatever others approved', async () => {
    const run = await asked('no-http', { quorum: 2 });
    expect(await deciding(run, 'approve', mei)).toMatchObject({ status: 200 });
    expect(await deciding(run, 'reject', lin, { reason: 'not today' })).toMatchObject({ status: 200 });
    const done = await repair.run('no-http', rejected);
    expect(done.status?.message).toBe(`${lin.by} rejected it: not today`);
    expect(await repair.rollouts('no-http')).toBe(1);
  });

  it('by awoooi reject', async () => {
    const run = await asked('no-shell');
    expect(await people.shell(lin, 'reject', named(run), '--reason', 'not today', '--wait')).toMatchObject({ status: 0 });
    const done = await repair.run('no-shell', rejected);
    expect(done.status?.approvals).toMatchObject([{ by: lin.by, via: 'kubernetes', decision: 'Reject', reason: 'not today' }]);
    expect(await repair.rollouts('no-shell')).toBe(1);
  });
});
