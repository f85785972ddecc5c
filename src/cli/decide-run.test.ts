import { describe, expect, it } from 'vitest';
import { closedCli } from '../../test/builders/closed-cli.ts';
import { playbookOf } from '../../test/builders/known-playbook.ts';
import { waitingRun } from '../../test/builders/waiting-run.ts';
import { screen } from '../../test/cli/screen.ts';
import type { RepairRun } from '../crds/repairrun/kind.ts';
import type { ApprovalEntry } from '../crds/repairrun/spec.ts';
import type { RepairRunStatus } from '../crds/repairrun/status.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { RunApprover } from '../domain/ports/run-approver.ts';
import { awoooi } from './program.ts';

const RUN = 'shop/restart-checkout-1';

interface Scene {
  readonly run?: RepairRun;
  /** What becomes of it once it is decided, one after another; then it is gone, or nothing happens any more. */
  readonly becomes?: readonly RepairRunStatus[];
  readonly ends?: 'gone' | 'never';
  readonly over?: Partial<RunApprover>;
  readonly hash?: string;
}

const at = (status: RepairRunStatus): Scene => ({ run: waitingRun({ status }) });

/** A cluster with one run, as mei sees it. */
function cluster({ run = waitingRun(), becomes = [], ends = 'never', over = {}, hash = '3f9c0a1b2c4d5e6f' }: Scene) {
  const entries: ApprovalEntry[] = [];
  const approver: RunApprover = {
    whoAmI: async () => 'mei',
    find: async ({ name }) =>
      name === run.metadata.name ? { run, playbook: playbookOf('restart-checkout', { status: { hash } }) } : undefined,
    async enter(_, entry) {
      entries.push(entry);
      return { ...run, spec: { ...run.spec, approvals: entries } };
    },
    async *follow(_, signal) {
      for (const status of becomes) yield { ...run, status };
      if (ends === 'never') await new Promise(resolve => signal.addEventListener('abort', resolve));
    },
    ...over,
  };
  return { entries, approver };
}

async function ran(args: readonly string[], scene: Scene = {}) {
  const { entries, approver } = cluster(scene);
  const [stdout, stderr] = [screen(), screen()];
  let open = 0;
  const openApprover = async () => {
    open += 1;
    return { ok: true, value: { approver, close: async () => void (open -= 1) } } as const;
  };
  const status = await awoooi(args, closedCli({ stdout, stderr, openApprover }));
  return { status, stdout: stdout.text(), stderr: stderr.text(), entries, open };
}

describe('awoooi approve', () => {
  it('says what will be done, decides in the own name, and says how it stands', async () => {
    const { status, stdout, entries, open } = await ran(['approve', RUN, '--reason', 'it leaks']);
    expect([status, open, entries]).toEqual([0, 0, [{ by: 'mei', decision: 'Approve', reason: 'it leaks' }]]);
    expect(stdout).toBe(
      [
        'shop/restart-checkout-1: playbook restart-checkout, tier 1',
        '  for HighLatency (inc-07-3f9c0a1b2c4d5)',
        '  1. restart_pod of Deployment checkout',
        '  one approval, until 2026-03-29T02:30:00.000Z',
        'approved by mei',
        'It is recorded, and the operator acts on it within seconds; --wait shows what becomes of it.',
        '',
      ].join('\n'),
    );
  });

  it('takes the namespace as a flag', async () => {
    expect((await ran(['approve', 'restart-checkout-1', '-n', 'shop'])).status).toBe(0);
  });

  it('shows parameters, and who decides', async () => {
    const steps = [{ action: 'scale_up', target: { kind: 'Deployment', name: 'checkout' }, parameters: { by: 2, maxReplicas: 6 } }];
    const run = waitingRun({ spec: { steps, approval: { approvers: ['mei', 'omar'], quorum: 2 } } });
    const { stdout } = await ran(['approve', RUN], { run });
    expect(stdout).toContain('  1. scale_up of Deployment checkout {"by":2,"maxReplicas":6}\n  2 approvals of mei, omar, until');
  });

  it.each<[RepairRunStatus['phase'], number]>([
    ['Succeeded', 0],
    ['DryRun', 0],
    ['Failed', 1],
    ['Unknown', 1],
    ['Rejected', 1],
    ['Expired', 1],
  ])('waits until it has ended %s, and tells of the way there', async (phase, expected) => {
    const becomes = [
      { phase: 'Running' as const, message: 'Step 1 of 1.' },
      { phase, message: 'So it is.' },
    ];
    const { status, stdout, stderr } = await ran(['approve', RUN, '--wait'], { becomes });
    expect([status, stderr]).toEqual([expected, `${RUN}: Running, Step 1 of 1.\n`]);
    expect(stdout).toMatch(new RegExp(`approved by mei\\n${RUN}: ${phase}, So it is\\.\\n$`));
  });

  it.each<[string, Scene, RegExp]>([
    ['nobody carries it out', {}, /has not ended within 0\.05 s; is the operator running\?/],
    ['it takes longer', { becomes: [{ phase: 'Running', message: 'Step 1.' }] }, /has not ended within 0\.05 s; Running, Step 1\./],
    ['it is deleted', { ends: 'gone' }, /was deleted meanwhile/],
  ])('ends with 1 where %s', async (_, scene, sentence) => {
    const { status, stderr } = await ran(['approve', RUN, '--wait', '--timeout', '50ms'], scene);
    expect([status, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  });
});

describe('awoooi reject', () => {
  it('is done as asked once the run is Rejected', async () => {
    const { status, entries } = await ran(['reject', RUN, '--wait'], { becomes: [{ phase: 'Rejected' }] });
    expect([status, entries]).toEqual([0, [{ by: 'mei', decision: 'Reject' }]]);
  });

  it('also works where the playbook has changed', async () => {
    expect((await ran(['reject', RUN], { hash: 'ffffffffffffffff' })).status).toBe(0);
  });
});

describe('writes nothing and says so where', () => {
  it.each<[string, Scene, RegExp]>([
    ['it runs already', at({ phase: 'Running', message: 'Step 1 of 1.' }), /too late, it was approved already: Running, Step 1 of 1\./],
    ['it was rejected', at({ phase: 'Rejected' }), /too late, it was rejected already/],
    ['it expired', at({ phase: 'Expired' }), /too late, it expired at 2026-03-29T02:30:00\.000Z: a new incident/],
    ['it was a dry run', at({ phase: 'DryRun' }), /does not wait for approval: DryRun/],
    ['the playbook has changed', { hash: 'ffffffffffffffff' }, /its playbook has changed since it asked/],
    ['others are to decide', { run: waitingRun({ spec: { approval: { approvers: ['omar'] } } }) }, /mei is not among them: omar/],
  ])('%s', async (_, scene, sentence) => {
    const { status, stderr, entries } = await ran(['approve', RUN], scene);
    expect([status, stderr, entries]).toEqual([1, expect.stringMatching(sentence), []]);
  });
});

describe('ends with', () => {
  const refusing: Scene = {
    over: {
      async enter() {
        throw new PortError('forbidden', 'no');
      },
    },
  };

  it('1 and advice where it may not', async () => {
    const { status, stderr, open } = await ran(['approve', RUN], refusing);
    expect([status, stderr, open]).toEqual([
      1,
      expect.stringContaining('you need the verbs get, patch and approve on repairruns.awoooi.io'),
      0,
    ]);
  });

  it('2 where it is deleted in between', async () => {
    const { status, stderr } = await ran(['approve', RUN], { over: { enter: async () => undefined } });
    expect([status, stderr]).toEqual([2, expect.stringContaining('was deleted meanwhile')]);
  });

  it.each([
    [['approve', 'shop/nowhere'], 'there is no RepairRun shop/nowhere'],
    [['approve', 'restart-checkout-1'], 'names no run: give NAMESPACE/NAME'],
    [['approve', 'a/b/c'], 'names no run'],
    [['approve', 'shop/x', '-n', 'other'], 'names no run'],
    [['approve'], "missing required argument 'run'"],
    [['approve', RUN, '--wait', '--timeout', 'soon'], 'Give a duration such as 90s or 5m.'],
  ])('2 for %j', async (args, sentence) => {
    const { status, stderr, entries } = await ran(args);
    expect([status, stderr, entries]).toEqual([2, expect.stringContaining(sentence), []]);
  });
});

it('prints nothing that would steer the terminal', async () => {
  const run = waitingRun({ spec: { alertname: 'High\u001b[2JLatency' }, status: { message: 'so\u001b[2J it is' } });
  expect((await ran(['approve', RUN], { run })).stdout).not.toContain('\u001b');
});
