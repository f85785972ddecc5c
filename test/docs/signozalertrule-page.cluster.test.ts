import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseSignozAlertRule } from '../../src/crds/signozalertrule/parse.ts';
import type { Cluster } from '../parts/cluster.ts';
import { installConfig } from '../parts/install-config.ts';
import { pathOf, Root } from '../parts/installed.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';

const PAGE = readFileSync(join(Root, 'docs/spec/signozalertrule.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
const EXAMPLES = blocks('yaml').map(text => z.looseObject({ metadata: z.object({ name: z.string() }) }).parse(parse(text)));
const Rule = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.looseObject({ approvedPlan: z.string().optional() }),
});

let cluster: Cluster;
let namespace: string;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  namespace = await cluster.freshNamespace('page');
  kubeconfig = cluster.kubeconfigFor(cluster.adminToken, namespace);
});

const rulesPath = (): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/signozalertrules`;

function shell(script: string): { readonly status: number | null; readonly output: string } {
  const PATH = `${dirname(pathOf('kubectl'))}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, KUBECONFIG: kubeconfig, KUBECACHEDIR: `${kubeconfig}.cache`, KUBERC: 'off' };
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', script], { env, encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout + stderr };
}

it('has two examples, and the API server and our parser take both', async () => {
  expect(EXAMPLES.map(({ metadata }) => metadata.name)).toEqual(['api-errors', 'pod-memory']);
  for (const example of EXAMPLES) {
    const body = { ...example, metadata: { name: example.metadata.name } };
    expect(await cluster.request(`${rulesPath()}?dryRun=All&fieldValidation=Strict`, { method: 'POST', body })).toMatchObject({
      status: 201,
    });
    expect(parseSignozAlertRule(example)).toMatchObject({ ok: true });
  }
});

it('has commands that approve a plan, ask for a look and confirm a deletion', async () => {
  const [short] = EXAMPLES;
  const body = { ...short, metadata: { name: 'api-errors' } };
  expect(await cluster.request(rulesPath(), { method: 'POST', body })).toMatchObject({ status: 201 });
  const synced = { type: 'Synced', status: 'True', reason: 'Synced', message: 'm', observedGeneration: 9 };
  const status = {
    plan: { action: 'Create', diff: '+ /alert api-errors', hash: '5f3a' },
    conditions: [{ ...synced, lastTransitionTime: '2026-01-01T00:00:00Z' }],
  };
  const contentType = 'application/merge-patch+json';
  await cluster.request(`${rulesPath()}/api-errors/status`, { method: 'PATCH', contentType, body: { status } });

  const [plan = '', look = '', confirm = '', ...more] = blocks('sh');
  expect(more).toEqual([]);
  const said = shell(plan);
  expect(said.output).toContain('Create\n+ /alert api-errors\n');
  expect(said).toMatchObject({ status: 0 });
  for (const script of [look, confirm]) expect(shell(script)).toMatchObject({ status: 0 });
  const { metadata, spec } = Rule.parse((await cluster.request(`${rulesPath()}/api-errors`)).body);
  expect(spec.approvedPlan).toBe('5f3a');
  expect(metadata.annotations).toEqual({
    'awoooi.io/confirm-deletion': 'true',
    'awoooi.io/requested-at': expect.stringMatching(/^20\d\d-/),
  });
});

/** Faults become reasons by a rule, not by name; what is wrong with a Secret its reader says, and what is unexpected the frame. */
const MADE =
  /^(?:Unauthorized|Forbidden|Rejected|Unreachable|Unavailable|RateLimited|Malformed|SecretNotFound|SecretKeyNotFound|Unexpected)$/;

it('names only reasons that there are', () => {
  const folders = ['src/domain/rule', 'src/controllers/signozalertrule'].map(folder => join(Root, folder));
  const source = folders
    .flatMap(folder => readdirSync(folder).map(file => join(folder, file)))
    .filter(file => !file.endsWith('.test.ts'))
    .map(file => readFileSync(file, 'utf8'))
    .join('');
  const table = PAGE.slice(PAGE.indexOf('| reason |'), PAGE.indexOf('Events:'));
  const reasons = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = '']) => names.match(/[A-Za-z]+/g) ?? []);
  expect(reasons.length).toBeGreaterThan(20);
  expect(reasons.filter(reason => !MADE.test(reason) && !source.includes(`'${reason}'`))).toEqual([]);
});
