import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PLAYBOOK_KIND, repairPlaybook } from '../../test/builders/anomaly-playbook.ts';
import { closedCli } from '../../test/builders/closed-cli.ts';
import { screen } from '../../test/cli/screen.ts';
import type { RepairPlaybookStatus } from '../crds/repairplaybook/status.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { ListedPlaybook, PlaybookReader } from '../domain/ports/playbook-reader.ts';
import type { CliDeps } from './deps.ts';
import { awoooi } from './program.ts';

function listed(namespace: string, name: string, { spec, metadata, status }: Parameters<typeof repairPlaybook>[0] = {}): ListedPlaybook {
  const made = repairPlaybook({ ...(spec && { spec }), metadata: { namespace, name, ...metadata }, ...(status && { status }) });
  return { namespace, name, object: { ...made } };
}

const LEARNED = { spec: { source: 'auto_learning', mode: 'Suggest' } };
const BROKEN: ListedPlaybook = {
  namespace: 'shop',
  name: 'old',
  object: { ...PLAYBOOK_KIND, metadata: { name: 'old' }, spec: { source: 'auto_learning' } },
};

async function run(args: readonly string[], found: readonly ListedPlaybook[] | PortError, over: Partial<CliDeps> = {}) {
  const [stdout, stderr] = [screen(), screen()];
  let asked: string | undefined = 'nobody';
  let closed = 0;
  const playbooks: PlaybookReader = {
    async list(namespace) {
      asked = namespace;
      if (found instanceof PortError) throw found;
      return found;
    },
  };
  const openPlaybooks = async () => ({ ok: true, value: { playbooks, close: async () => void closed++ } }) as const;
  const status = await awoooi(['playbooks', ...args], closedCli({ stdout, stderr, openPlaybooks, ...over }));
  return { status, stdout: stdout.text(), stderr: stderr.text(), asked, closed };
}

const List = z.object({ kind: z.literal('List'), items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });
const namesIn = (json: string): string[] => List.parse(JSON.parse(json)).items.map(({ metadata }) => metadata.name);

describe('export', () => {
  const found = [listed('ops', 'learned', LEARNED), listed('shop', 'by-hand')];

  it('writes what was learned, and says what it leaves out', async () => {
    const { status, stdout, stderr, asked, closed } = await run(['export', '-o', 'json'], found);
    expect([status, namesIn(stdout), asked, closed]).toEqual([0, ['learned'], undefined, 1]);
    expect(stderr).toBe('1 playbook written, 1 left out that people wrote (--all writes them too)\n');
  });

  it('writes all where that is asked for, as one document each', async () => {
    const { stdout, asked } = await run(['export', '--all', '-n', 'shop'], found);
    expect(stdout.split('---\n')).toHaveLength(2);
    expect(asked).toBe('shop');
  });

  it('keeps labels and annotations, but for those of the moment', async () => {
    const annotations = {
      b: '2',
      a: '1',
      'awoooi.io/requested-at': 'x',
      'awoooi.io/end-quarantine': 'x',
      'reconcile.fluxcd.io/requestedAt': 'x',
    };
    const { stdout } = await run(['export'], [listed('shop', 'x', { ...LEARNED, metadata: { annotations, labels: { team: 'shop' } } })]);
    expect(stdout).toContain(`  labels:\n    team: shop\n  annotations:\n    a: "1"\n    b: "2"\nspec:`);
    expect(stdout).not.toMatch(/uid|resourceVersion|generation|status/);
  });

  it('ends with 1 where one cannot be read, and says which and why', async () => {
    const { status, stdout, stderr } = await run(['export', '-o', 'json'], [...found, BROKEN]);
    expect([status, namesIn(stdout)]).toEqual([1, ['learned']]);
    expect(stderr).toMatch(/shop\/old is left out, for its spec is not valid: .*spec.steps.*; mend it/);
  });

  it('writes an empty list of nothing', async () => {
    expect(await run(['export'], [])).toMatchObject({ status: 0, stdout: '', stderr: '0 playbooks written\n' });
    expect(namesIn((await run(['export', '-o', 'json'], [])).stdout)).toEqual([]);
  });
});

describe('list', () => {
  const stats = {
    attempts: 250,
    successes: 249,
    successRate: 0.996,
    lowerBound: 0.98,
    effectiveN: 40,
    avgExecutionSeconds: 1,
    lastOutcomes: [],
  };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Suggested',
    message: '',
    observedGeneration: 1,
    lastTransitionTime: '2026-03-29T12:00:00Z',
  } as const;
  const status: RepairPlaybookStatus = { trust: 'Trusted', stats, conditions: [ready] };

  it('has a line for each, and never shows more success than there was', async () => {
    const { stdout } = await run(['list'], [listed('shop', 'x', { ...LEARNED, status }), BROKEN]);
    expect(
      stdout
        .split('\n')
        .map(line => line.split(/ {2,}/))
        .slice(1),
    ).toEqual([
      ['shop', 'x', 'auto_learning', 'Suggest', 'Trusted', '99 %', '250', 'True Suggested'],
      ['shop', 'old', 'auto_learning', '-', '-', '-', '-', '-'],
      [''],
    ]);
  });

  it('is also there for programs, and in words where there is none', async () => {
    expect(namesIn((await run(['list', '-o', 'json'], [listed('shop', 'x')])).stdout)).toEqual(['x']);
    expect((await run(['list'], [])).stdout).toBe('there are no playbooks\n');
  });
});

const noCluster: CliDeps['openPlaybooks'] = async () => ({ ok: false, problems: ['KUBECONFIG: no such file'] });

it('ends with 1 where the cluster refuses, and with 2 where it cannot be opened', async () => {
  const refused = await run(['list'], new PortError('forbidden', 'listing RepairPlaybooks: no'));
  expect(refused).toMatchObject({ status: 1, stderr: 'listing RepairPlaybooks: no\n', closed: 1 });
  expect(await run(['list'], [], { openPlaybooks: noCluster })).toMatchObject({ status: 2, stderr: 'KUBECONFIG: no such file\n' });
});
