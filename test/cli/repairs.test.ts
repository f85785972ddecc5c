import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryDrillApprovals } from '../../src/adapters/memory/drill-approvals.ts';
import { memoryRepairPause } from '../../src/adapters/memory/repair-pause.ts';
import { waitingRun } from '../builders/waiting-run.ts';
import { repairDesk } from '../builders/repair-desk.ts';
import { API_TOKEN, listening, webhookWorld } from '../builders/webhook-world.ts';
import { ran } from './incident-shell.ts';

const now = (): Date => new Date('2026-03-29T02:05:00Z');
const pause = memoryRepairPause({ now });
const desk = repairDesk();
let close: () => PromiseLike<void>;
let base: string;

beforeEach(async () => {
  const time = '2026-03-29T02:03:00.000Z';
  const approvals = [{ by: 'telegram:7', via: 'telegram' as const, decision: 'Approve' as const, name: 'Mei', time }];
  const older = { phase: 'Running' as const, approvalId: 'rr-b', requestedAt: '2026-03-29T01:00:00.000Z', approvals };
  desk.runs.clear();
  for (const run of [waitingRun(), waitingRun({ name: 'older', spec: { alertname: 'Disk\u001b[2JFull' }, status: older })]) {
    desk.runs.set(run.metadata.name, run);
  }
  const { app } = webhookWorld({ approvals: { objects: desk.objects, drills: memoryDrillApprovals({ now }) }, repairPause: pause });
  base = `http://127.0.0.1:${await listening(app)}`;
  close = () => app.close();
});
afterEach(() => close());

const run = (line: string) => ran(line, { AWOOOI_API_BASE: base, AWOOOI_API_TOKEN: API_TOKEN });

describe('awoooi repairs list', () => {
  it('is a table, newest first, with nothing that would steer the terminal', async () => {
    const { status, stdout, stderr } = await run('repairs list');
    expect([status, stderr]).toEqual([0, '']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^RUN +PHASE +TIER +ALERT +ASKED +DECIDED BY +WHAT$/);
    expect(first).toMatch(
      /^shop\/restart-checkout-1 +AwaitingApproval +1 +HighLatency +03-29 02:00:00 +- +restart_pod of Deployment checkout$/,
    );
    expect(second).toMatch(/^shop\/older +Running +1 +Disk.*Full +03-29 01:00:00 +Mei +restart_pod/);
    expect(stdout).not.toContain('\u001b');
  });

  it('names of a rejected one who rejected it, whoever had approved before', async () => {
    const time = '2026-03-29T02:03:00.000Z';
    const approvals = [
      { by: 'telegram:7', via: 'telegram' as const, decision: 'Approve' as const, name: 'Mei', time },
      { by: 'telegram:8', via: 'telegram' as const, decision: 'Reject' as const, name: 'Bo', time },
    ];
    desk.runs.set('no', waitingRun({ name: 'no', status: { phase: 'Rejected', approvalId: 'rr-c', approvals } }));
    expect((await run('repairs list')).stdout).toMatch(/^shop\/no +Rejected .* {2}Bo +restart_pod/m);
  });

  it('is for machines as well, and of one status where that is asked', async () => {
    const { stdout } = await run('repairs list --status pending -o json');
    expect(JSON.parse(stdout)).toMatchObject({ approvals: [{ run: 'restart-checkout-1', phase: 'AwaitingApproval' }] });
    expect((await run('repairs list --status rejected')).stdout).toBe('no repairs match\n');
    expect((await run('repairs list --status whatever')).status).toBe(2);
  });
});

describe('awoooi repairs pause', () => {
  it('holds in the name of the token until it is taken back', async () => {
    const paused = 'repairs are paused\n  by pipeline since 2026-03-29T02:05:00.000Z: a-release\n';
    expect(await run('repairs pause --reason a-release')).toMatchObject({ status: 0, stdout: paused });
    expect((await run('repairs paused')).stdout).toBe(paused);
    expect(JSON.parse((await run('repairs paused -o json')).stdout)).toMatchObject({ paused: true });
    expect(await run('repairs resume')).toMatchObject({ status: 0, stdout: 'repairs are not paused\n' });
  });

  it('says that others still want it', async () => {
    await pause.request({ by: 'omar', reason: 'an audit' }, AbortSignal.timeout(5000));
    expect((await run('repairs resume')).stdout).toContain('by omar since');
    await pause.withdraw('omar', AbortSignal.timeout(5000));
  });

  it('asks for a reason', async () => {
    const { status, stderr } = await run('repairs pause');
    expect([status, stderr]).toEqual([2, expect.stringContaining("required option '--reason <text>' not specified")]);
  });
});

it('says what to do where the operator repairs nothing', async () => {
  const { app } = webhookWorld();
  const port = await listening(app);
  const { status, stderr } = await ran('repairs list', { AWOOOI_API_BASE: `http://127.0.0.1:${port}`, AWOOOI_API_TOKEN: API_TOKEN });
  await app.close();
  expect([status, stderr]).toEqual([1, expect.stringContaining('this operator repairs nothing')]);
});
