import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ACTIONS_BY_TIER, REPAIR_ACTIONS } from '../../src/crds/repairplaybook/action.ts';
import { parseRepairPlaybook } from '../../src/crds/repairplaybook/parse.ts';
import { PLAYBOOK_MODES } from '../../src/crds/repairplaybook/spec.ts';
import { TRUSTS } from '../../src/crds/repairplaybook/status.ts';
import { parseRepairRun } from '../../src/crds/repairrun/parse.ts';
import { RUN_PHASES } from '../../src/crds/repairrun/status.ts';
import type { Cluster } from '../parts/cluster.ts';
import { installConfig } from '../parts/install-config.ts';
import { pathOf, Root } from '../parts/installed.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';

const textOf = (singular: string): string => readFileSync(join(Root, `docs/spec/${singular}.md`), 'utf8');
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);

const Example = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ steps: z.array(z.looseObject({ action: z.string() })) }),
});
const examples = (page: string) =>
  blocks(page, 'yaml').flatMap(text => parseAllDocuments(text).map(document => Example.parse(document.toJS())));

const PLAYBOOK = textOf('repairplaybook');
const RUN = textOf('repairrun');

let cluster: Cluster;
let namespace: string;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config');
  namespace = await cluster.freshNamespace('pages');
  kubeconfig = cluster.kubeconfigFor(cluster.adminToken, namespace);
});

const path = (plural: string, rest = ''): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/${plural}${rest}`;

function made(plural: string, { metadata, ...rest }: z.infer<typeof Example>, query = ''): ReturnType<Cluster['request']> {
  const body = { ...rest, metadata: { name: metadata.name } };
  return cluster.request(`${path(plural)}?fieldValidation=Strict${query}`, { method: 'POST', body });
}

/** The commands of a page, in the namespace of this test and from the root of the repository. */
function shell(script: string): { readonly status: number | null; readonly output: string } {
  const PATH = `${dirname(pathOf('kubectl'))}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, KUBECONFIG: kubeconfig, KUBECACHEDIR: `${kubeconfig}.cache`, KUBERC: 'off' };
  const moved = script.replaceAll(/\bshop\b/g, namespace);
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', moved], { cwd: Root, env, encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout + stderr };
}

describe('the page about RepairPlaybook', () => {
  it('has examples of every action, which the API server and our parser take', async () => {
    const all = examples(PLAYBOOK);
    expect(new Set(all.flatMap(({ spec }) => spec.steps.map(({ action }) => action)))).toEqual(new Set(REPAIR_ACTIONS));
    for (const example of all) {
      expect(await made('repairplaybooks', example, '&dryRun=All')).toMatchObject({ status: 201 });
      expect(parseRepairPlaybook(example)).toMatchObject({ ok: true });
    }
  });

  it('names every mode, every trust, and every action with its tier', () => {
    expect([...PLAYBOOK_MODES, ...TRUSTS].filter(name => !PLAYBOOK.includes(`| \`${name}\` |`))).toEqual([]);
    const rows = Object.entries(ACTIONS_BY_TIER).flatMap(([tier, actions]) => actions.map(action => `| ${tier} | \`${action}\` |`));
    expect(rows.filter(row => !PLAYBOOK.includes(row))).toEqual([]);
  });

  it('has commands that let the operator repair, and end a quarantine', async () => {
    const [first] = examples(PLAYBOOK);
    if (!first) throw new Error('there is no example');
    expect(await made('repairplaybooks', first)).toMatchObject({ status: 201 });
    for (const script of blocks(PLAYBOOK, 'sh')) expect(shell(script)).toMatchObject({ status: 0 });
    expect(await cluster.request(`/api/v1/namespaces/${namespace}`)).toMatchObject({
      body: { metadata: { labels: { 'awoooi.io/repair': 'enabled' } } },
    });
    expect(await cluster.request(path('repairplaybooks', '/restart-api'))).toMatchObject({
      body: { metadata: { annotations: { 'awoooi.io/end-quarantine': expect.stringMatching(/^20\d\d-/) } } },
    });
  });
});

describe('the page about RepairRun', () => {
  it('names every mode and every phase', () => {
    expect([...PLAYBOOK_MODES, ...RUN_PHASES].filter(name => !RUN.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('has an example that both take, and commands that approve it and let others approve', async () => {
    const [example, ...more] = examples(RUN);
    if (!example || more.length > 0) throw new Error('there is not one example');
    expect(parseRepairRun(example)).toMatchObject({ ok: true });
    expect(await made('repairruns', example)).toMatchObject({ status: 201 });
    for (const script of blocks(RUN, 'sh')) expect(shell(script)).toMatchObject({ status: 0 });
    expect(await cluster.request(path('repairruns', '/restart-api-1'))).toMatchObject({
      body: { spec: { approvals: [{ by: expect.any(String), decision: 'Approve' }] } },
    });
  });
});
