import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { exampleFiles, GITOPS } from '../gitops/manifests.ts';
import { pipelineRunner, type Runner } from '../e2e/pipeline-runner.ts';
import { githubSteps, gitlabSteps } from '../gitops/pipelines.ts';
import type { Cluster } from '../parts/cluster.ts';
import { installConfig } from '../parts/install-config.ts';
import { Root } from '../parts/installed.ts';
import { removeFolder } from '../parts/run-folder.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';

const textOf = (path: string): string => readFileSync(join(Root, path), 'utf8');
const PAGE = textOf('docs/gitops.md');
const MARK = '<!-- needs: a real service -->\n';

/** The commands of the page, those apart that are marked as needing more than a test has. */
const blocks = [...PAGE.matchAll(/(<!-- needs: [^>]* -->\n)?```sh\n([\s\S]*?)```/g)].map(([, mark, script = '']) => ({ mark, script }));

function block(holding: string): string {
  const [found, ...others] = blocks.filter(({ script }) => script.includes(holding));
  if (!found || others.length > 0) throw new Error(`docs/gitops.md has not one block with ${holding}`);
  return found.script;
}

let cluster: Cluster;
let namespace: string;
let runner: Runner;
beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  namespace = await cluster.freshNamespace('gitops-page');
  const env = { KUBECONFIG: cluster.adminKubeconfig };
  runner = pipelineRunner({ namespace, probe: {}, deployment: {}, env });
  cpSync(join(Root, 'config/argocd'), join(runner.folder, 'config/argocd'), { recursive: true });
  const rbac = join(runner.folder, 'examples/gates/rbac.yaml');
  writeFileSync(rbac, textOf('examples/gates/rbac.yaml').replaceAll(/namespace: shop/g, `namespace: ${namespace}`));
});
afterAll(() => removeFolder(runner.folder));

/** Every namespace of the page is the one of this test. */
const pasted = (script: string) => runner.shell(script.replaceAll(/-n (argocd|awoooi-system)\b/g, `-n ${namespace}`));

const Data = z.object({ data: z.record(z.string(), z.string()) });

async function made(plural: 'configmaps' | 'secrets', body: object): Promise<void> {
  const { status } = await cluster.request(`/api/v1/namespaces/${namespace}/${plural}`, { method: 'POST', body });
  expect(status).toBe(201);
}
const dataOf = async (path: string) => Data.parse((await cluster.request(`/api/v1/namespaces/${namespace}/${path}`)).body).data;

it('gives Argo CD the scripts, and leaves what else its ConfigMap has', async () => {
  await made('configmaps', { metadata: { name: 'argocd-cm' }, data: { 'admin.enabled': 'false' } });
  expect(await pasted(block('argocd-cm'))).toMatchObject({ status: 0 });
  const scripts = {
    AlertChainProbe: 'health',
    SignozAlertRule: 'rule-health',
    RepairPlaybook: 'repair-health',
    RepairRun: 'repair-health',
  };
  const keys = Object.entries(scripts).map(([kind, file]) => [
    `resource.customizations.health.awoooi.io_${kind}`,
    textOf(`config/argocd/${file}.lua`),
  ]);
  expect(await dataOf('configmaps/argocd-cm')).toEqual({ 'admin.enabled': 'false', ...Object.fromEntries(keys) });
});

it('hands the API token of the chart to an AnalysisTemplate', async () => {
  const data = { AWOOOI_API_TOKEN: btoa('the-token-of-the-chart') };
  await made('secrets', { metadata: { name: 'awoooi-operator-credentials' }, data });
  expect(await pasted(block('awoooi-api'))).toMatchObject({ status: 0 });
  expect(await dataOf('secrets/awoooi-api')).toEqual({ token: data.AWOOOI_API_TOKEN });
});

it('makes a kubeconfig that may ask for a run of the one probe, and nothing else', async () => {
  expect(await pasted(block('gate-kubeconfig'))).toMatchObject({ status: 0 });
  const may = async (...what: readonly string[]) =>
    (await runner.shell(`kubectl --kubeconfig gate-kubeconfig auth can-i ${what.join(' ')}`)).output.trim();
  expect(await may('patch', 'acp/release-gate')).toBe('yes');
  expect(await may('patch', 'acp/another')).toBe('no');
  expect(await may('get', 'secrets')).toBe('no');
  expect(readFileSync(join(runner.folder, 'gate-kubeconfig'), 'utf8')).not.toContain(cluster.adminToken);
});

it('has no command that is neither run nor marked', () => {
  // The gate itself is run with an operator, in test/e2e/gate-pipelines.test.ts, by the steps of both pipelines.
  const gate = block('chain-gate.sh').trim();
  expect([githubSteps(), gitlabSteps()].map(steps => steps.at(-1)?.script.trim())).toEqual([gate, gate]);
  const run = [block('argocd-cm'), block('awoooi-api'), block('gate-kubeconfig'), block('chain-gate.sh')];
  expect(blocks.filter(({ script }) => !run.includes(script)).map(({ mark }) => mark)).toEqual([MARK]);
});

it('names every file that there is to take over, and gates.md says the same as they do', () => {
  const named = [
    ...exampleFiles(GITOPS),
    'examples/gates/chain-gate.sh',
    'examples/gates/github-actions.yaml',
    'examples/gates/gitlab-ci.yaml',
  ];
  expect(
    named.filter(
      path => !PAGE.includes(path) && !PAGE.includes(`(${path.split('/').at(-1)})`) && !PAGE.includes(`/${path.split('/').at(-1)})`),
    ),
  ).toEqual([]);
  const gates = textOf('docs/gates.md');
  const [, order] = parseAllDocuments(textOf('examples/gitops/flux/order.yaml')).map(document => document.toString());
  const lines = [...(order ?? '').matchAll(/^ +((?:failed|current): .*)$/gm)].map(([, line]) => line ?? '');
  const success = /successCondition: .*/.exec(textOf('examples/gitops/rollouts/analysis-template.yaml'))?.[0] ?? '';
  expect([lines.length, [...lines, success].filter(line => !gates.includes(line))]).toEqual([2, []]);
});
