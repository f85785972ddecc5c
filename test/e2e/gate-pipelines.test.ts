import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { githubSteps, gitlabSteps } from '../gitops/pipelines.ts';
import { Manifest, manifestsOf } from '../gitops/manifests.ts';
import { awoooi } from '../cli/shell.ts';
import { cacheFolder, Root } from '../parts/installed.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { pipelineRunner, type RanStep, type Runner } from './pipeline-runner.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, type Stage } from './stage.ts';

const ROOM = -100;
/** Makes a start from source take half as long. */
const COMPILED = { NODE_COMPILE_CACHE: join(cacheFolder(), 'compile') };
const GATE = 'sh examples/gates/chain-gate.sh shop/release-gate';

let stage: Stage;
let redis: Part;
let target: Target;
let telegram: Telegram;
let operator: Operator;
let runner: Runner;
let kubeconfig: string;

beforeAll(async () => {
  const chats = [{ id: ROOM, type: 'group', title: 'releases' } as const];
  [stage, redis, target, telegram] = await Promise.all([
    raiseStage('pipelines', { workloads: true }),
    startRedis(),
    startTarget(),
    startTelegram({ chats }),
  ]);
  operator = await startOperator(stage.operator(redis.url));
  const spec = {
    target: { url: target.url },
    hops: [
      { name: 'api', type: 'Health' },
      { name: 'alerts', type: 'AlertmanagerWebhook' },
    ],
  };
  await stage.apply(
    ...manifestsOf('examples/gates/rbac.yaml').map(moved),
    ...deployer(),
    probe('release-gate', { ...spec, runToken: 'v1' }),
  );
  kubeconfig = stage.cluster.kubeconfigFor(await stage.cluster.serviceAccountToken(stage.namespace, 'chain-gate'), stage.namespace);
  runner = pipelineRunner({
    namespace: stage.namespace,
    probe: probe('release-gate', spec),
    deployment: deployment(),
    env: { TG_API_ROOT: telegram.url, TEST_TELEGRAM_API: telegram.url, ...COMPILED },
  });
  await probeView(stage, 'release-gate').until(status => condition(status) === 'True/AllHopsPassed');
});
afterAll(() => Promise.all([operator, redis, target, telegram].map(part => part?.stop())));

/** An object of the examples, in the namespace of this test. */
function moved(manifest: Manifest): object {
  return Manifest.parse(JSON.parse(JSON.stringify(manifest).replaceAll('"shop"', JSON.stringify(stage.namespace))));
}

/** What the pipeline may do besides what the example gives its gate. */
function deployer(): object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch', 'create', 'patch'] }];
  const subjects = [{ kind: 'ServiceAccount', name: 'chain-gate', namespace: stage.namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' };
  return [
    { apiVersion, kind: 'Role', metadata: { name: 'deployer' }, rules },
    { apiVersion, kind: 'RoleBinding', metadata: { name: 'deployer' }, roleRef, subjects },
  ];
}

function deployment(): object {
  const labels = { app: 'api' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'api', image: 'registry.example.com/shop/api:1.2.3' }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api' }, spec: { selector: { matchLabels: labels }, template } };
}

afterEach(() => target.mend());

function breakChain(): void {
  target.breakWith({ is: 'answer', reply: { status: 500 } }, ({ path }) => path.endsWith('/alertmanager'));
}

const project = () => ({
  GATE_KUBECONFIG: readFileSync(kubeconfig, 'utf8'),
  TG_BOT_TOKEN: telegram.token,
  TG_CHAT_ID: String(ROOM),
  server_url: 'https://github.example',
  repository: 'shop/api',
  run_id: '42',
  CI_JOB_URL: 'https://gitlab.example/job/42',
});

/** The two pipelines, run as their own tool would. */
const PIPELINES = {
  'GitHub Actions': (before?: (name: string) => void) => runner.github(githubSteps(), { project: project(), ...(before && { before }) }),
  'GitLab CI': (before?: (name: string) => void) => {
    const file = join(runner.folder, 'gate-kubeconfig');
    writeFileSync(file, project().GATE_KUBECONFIG, { mode: 0o600 });
    return runner.gitlab(gitlabSteps(), { project: { ...project(), GATE_KUBECONFIG: file }, ...(before && { before }) });
  },
} as const;

const DEPLOYS = /^deploy$/i;
const NAMES: readonly (keyof typeof PIPELINES)[] = ['GitHub Actions', 'GitLab CI'];
const said = (ran: readonly RanStep[]): string => ran.map(({ output }) => output).join('\n');

// A pipeline is some ten processes one after the other.
describe.each(NAMES)('the job for %s', { timeout: 180_000 }, name => {
  const run = PIPELINES[name];

  it('deploys and ends green after a run of its own', async () => {
    const [before, sent] = [await probeView(stage, 'release-gate').status(), telegram.sent.length];
    const ran = await run();
    expect([ran.filter(({ status }) => status !== 0), ran.some(step => DEPLOYS.test(step.name))]).toEqual([[], true]);
    const after = await probeView(stage, 'release-gate').status();
    expect(after.runToken).toMatch(/^gate-[0-9a-f]{16}$/);
    expect([after.lastRun?.id !== before.lastRun?.id, telegram.sent.length]).toEqual([true, sent]);
    expect(ran.at(-1)?.output).toMatch(/release-gate passed: /);
  });

  it('does not deploy into a broken chain, and Telegram is told', async () => {
    const told = telegram.sent.length;
    breakChain();
    const ran = await run();
    expect(ran.at(-1)).toMatchObject({ status: 1 });
    expect(ran.filter(step => DEPLOYS.test(step.name))).toEqual([]);
    expect(telegram.sent.slice(told).map(({ text }) => text)).toEqual([expect.stringMatching(/Alert chain broken: .*\nHop: alerts/)]);
    expect(said(ran)).not.toContain(telegram.token);
  });

  it('ends red when the deployment breaks the chain, however green it was before, and Telegram is told straight', async () => {
    const told = telegram.sent.length;
    expect(condition(await probeView(stage, 'release-gate').run())).toBe('True/AllHopsPassed');
    const ran = await run(step => {
      if (DEPLOYS.test(step)) breakChain();
    });
    expect(ran.map(({ status }) => status === 0)).toEqual([...ran.slice(1).map(() => true), false]);
    expect(ran.at(-1)).toMatchObject({ status: 1, output: expect.stringMatching(/holds the deployment: Hop alerts: .* 500/) });
    expect(telegram.sent.slice(told)).toEqual([
      expect.objectContaining({ chatId: ROOM, text: expect.stringMatching(/^The deployment is held: .*Hop alerts: [\s\S]*\nhttps:.*42$/) }),
    ]);
    expect(said(ran)).not.toContain(telegram.token);
  });
});

/** What a pipeline tells the gate. */
const told = () => ({ TG_BOT_TOKEN: telegram.token, TG_CHAT_ID: String(ROOM), KUBECONFIG: kubeconfig });

describe('the script of the gate', () => {
  it('shows the token to nobody, however it is traced, and says why Telegram was not told', async () => {
    breakChain();
    const traced = await runner.shell(GATE.replace('sh ', 'sh -x '), { ...told(), TG_CHAT_ID: '-9' });
    expect(traced).toMatchObject({ status: 1, output: expect.stringMatching(/Telegram was not told: .*chat not found/) });
    expect(traced.output).not.toContain(telegram.token);
    const untold = await runner.shell(GATE, { KUBECONFIG: kubeconfig });
    expect(untold).toMatchObject({ status: 1, output: expect.stringContaining('set TG_BOT_TOKEN and TG_CHAT_ID') });
  });

  it('holds at once what a run could not prove: a probe that only reports, is suspended, or is not there', async () => {
    const view = probeView(stage, 'release-gate');
    await view.patch({ spec: { gate: 'Report' } });
    expect(await runner.shell(GATE, told())).toMatchObject({ status: 2, output: expect.stringContaining('set spec.gate to Enforce') });
    await view.patch({ spec: { gate: 'Enforce', suspend: true } });
    expect(await runner.shell(GATE, told())).toMatchObject({ status: 1, output: expect.stringContaining('set spec.suspend to false') });
    await view.patch({ spec: { suspend: false } });
    const before = telegram.sent.length;
    expect(await runner.shell(GATE.replace('release-gate', 'none'), told())).toMatchObject({
      status: 2,
      output: expect.stringMatching(/none could not be read|none holds the deployment: the probe could not be read/),
    });
    expect(telegram.sent.slice(before).map(({ text }) => text)).toEqual([expect.stringContaining('the probe could not be read')]);
  });
});

const Job = z.object({
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.tuple([z.object({ args: z.array(z.string()) })]) }) }) }),
});

it('the PostSync Job for Argo CD ends well only after a run of its own that passed, with the rights of the example alone', {
  timeout: 180_000,
}, async () => {
  const [manifest] = manifestsOf('examples/gitops/argocd/gate.yaml');
  const { args } = Job.parse(manifest).spec.template.spec.containers[0];
  const hook = () =>
    awoooi(
      args.map(arg => arg.replace(/^shop\//, `${stage.namespace}/`)),
      { env: { KUBECONFIG: kubeconfig, ...COMPILED } },
    );
  const before = await probeView(stage, 'release-gate').status();
  expect(await hook()).toMatchObject({ status: 0, stdout: expect.stringContaining(': Ready, AllHopsPassed') });
  expect((await probeView(stage, 'release-gate').status()).lastRun?.id).not.toBe(before.lastRun?.id);
  breakChain();
  expect(await hook()).toMatchObject({ status: 1, stdout: expect.stringMatching(/not Ready, BadStatus: Hop alerts: .* 500/) });
});

it('the two commands of docs/gates.md ask for a run and wait for it', async () => {
  const commands =
    /^ {4}kubectl -n shop patch acp[^\n]*\n {4}kubectl -n shop wait acp[^\n]*$/m.exec(
      readFileSync(join(Root, 'docs/gates.md'), 'utf8'),
    )?.[0] ?? '';
  expect(await runner.shell(commands.replaceAll('-n shop', `-n ${stage.namespace}`), { KUBECONFIG: kubeconfig })).toMatchObject({
    status: 0,
    output: expect.stringContaining('condition met'),
  });
  expect((await probeView(stage, 'release-gate').status()).runToken).toBe('v1.2.3');
});

it('an old green opens no gate where nobody runs the probe any more', async () => {
  const view = probeView(stage, 'release-gate');
  expect(condition(await view.run())).toBe('True/AllHopsPassed');
  await operator.stop();
  expect(await stage.kubectl('wait', 'acp/release-gate', '--for=condition=Ready', '--timeout=0')).toContain('condition met');
  const before = telegram.sent.length;
  expect(await runner.shell(`${GATE} 3`, told())).toMatchObject({ status: 1, output: expect.stringContaining('no run ended within 3 s') });
  expect(telegram.sent.slice(before).map(({ text }) => text)).toEqual([expect.stringContaining('is the operator running?')]);
});
