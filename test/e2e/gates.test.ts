import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { awoooi } from '../cli/shell.ts';
import { manifestsOf } from '../gitops/manifests.ts';
import { measured } from '../gitops/rollouts.ts';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, type Stage } from './stage.ts';

let stage: Stage;
let redis: Part;
let target: Target;
let operator: Operator;

beforeAll(async () => {
  [stage, redis, target] = await Promise.all([raiseStage('gates'), startRedis(), startTarget()]);
  operator = await startOperator(stage.operator(redis.url));
  const hops = [{ name: 'api', type: 'Health' }];
  const alerts = [{ name: 'alerts', type: 'AlertmanagerWebhook' }];
  target.breakWith({ is: 'answer', reply: { status: 500 } }, ({ path }) => path.endsWith('/alertmanager'));
  await stage.apply(
    probe('good', { runToken: 'v1', target: { url: target.url }, hops }),
    probe('bad', { runToken: 'v1', target: { url: target.url }, hops: alerts }),
  );
  await probeView(stage, 'good').until(status => condition(status) === 'True/AllHopsPassed');
  await probeView(stage, 'bad').until(status => condition(status) === 'False/BadStatus');
});
afterAll(() => Promise.all([operator, redis, target].map(part => part?.stop())));

interface Asked {
  readonly status: number;
  readonly body: unknown;
}

async function call(path: string, { token, body }: { token?: string; body?: unknown }): Promise<Asked> {
  const answer = await fetch(operator.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  return { status: answer.status, body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text };
}

const verdict = (name: string, token?: string): Promise<Asked> =>
  call(`/api/v1/probes/${stage.namespace}/${name}/verdict?maxAge=300`, token === undefined ? {} : { token });

const flagger = (name: string, token: string): Promise<Asked> => {
  const body = { name: 'shop', namespace: stage.namespace, phase: 'Progressing', checksum: '1', metadata: { probe: name, maxAge: '5m' } };
  return call('/api/v1/gates/flagger', { token, body });
};

it('answers the verdict with an API token', async () => {
  const { status, body } = await verdict('good', stage.apiToken);
  expect(status).toBe(200);
  expect(body).toMatchObject({ ok: true, stale: false, suspended: false, maintenance: false, runToken: 'v1', failed: [] });
  expect(await verdict('bad', stage.apiToken)).toMatchObject({
    status: 200,
    body: { ok: false, failed: [{ hop: 'alerts', cause: 'BadStatus' }] },
  });
  expect(await verdict('none', stage.apiToken)).toMatchObject({ status: 200, body: { ok: false, failed: [{ cause: 'ProbeNotFound' }] } });
});

it('lets Flagger go on by 200 and holds it by 403', async () => {
  expect(await flagger('good', stage.apiToken)).toEqual({ status: 200, body: 'ok' });
  expect(await flagger(`${stage.namespace}/bad`, stage.apiToken)).toMatchObject({
    status: 403,
    body: expect.stringMatching(/bad holds the release: hop alerts: BadStatus: /),
  });
});

const measurement = (name: string, more = {}) =>
  measured(operator.url, { probe: `${stage.namespace}/${name}`, token: stage.apiToken, maxAge: '300', ...more });

it('is measured by Argo Rollouts as the example says: a success, a failure, or an error that is neither', async () => {
  expect(await measurement('good')).toMatchObject({ phase: 'Successful' });
  // What is measured is shown to people, so it has to name the hop.
  expect(await measurement('bad')).toMatchObject({ phase: 'Failed', value: { failed: [{ hop: 'alerts', cause: 'BadStatus' }] } });
  expect(await measurement('none')).toMatchObject({ phase: 'Failed', value: { failed: [{ cause: 'ProbeNotFound' }] } });
  await eventually(async () => (await measurement('good', { maxAge: '0' })).phase === 'Failed');
  expect(await measurement('good', { maxAge: '0' })).toMatchObject({ phase: 'Failed', value: { stale: true } });
  expect(await measurement('good', { token: 'not-a-token-of-anybody' })).toEqual({ phase: 'Error', value: 401 });
});

const Canary = z.object({
  spec: z.object({
    analysis: z.object({
      webhooks: z.array(z.object({ type: z.string(), url: z.string(), metadata: z.object({ probe: z.string(), maxAge: z.string() }) })),
    }),
  }),
});

it('lets the example for Flagger through and holds it, asked as Flagger asks', async () => {
  const { webhooks } = Canary.parse(manifestsOf('examples/gitops/flagger/canary.yaml')[0]).spec.analysis;
  expect(webhooks.map(({ type }) => type)).toEqual(['rollout', 'confirm-promotion']);
  for (const { url, metadata } of webhooks) {
    const asked = (name: string) =>
      flaggerAsks(url, { ...metadata, probe: metadata.probe.replace('shop/api', `${stage.namespace}/${name}`), maxAge: '5m' });
    expect(await asked('good')).toEqual({ status: 200, text: 'ok' });
    expect(await asked('bad')).toEqual({ status: 403, text: expect.stringContaining('bad holds the release: hop alerts: BadStatus') });
  }
});

/** Go's HTTP client makes basic authentication of what stands before the `@` of a URL. */
async function flaggerAsks(place: string, metadata: object): Promise<{ status: number; text: string }> {
  const { username, password, pathname } = new URL(place.replace('a-token', stage.apiToken));
  const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${username}:${password}`)}` };
  const body = JSON.stringify({ name: 'api', namespace: stage.namespace, phase: 'Progressing', checksum: '5b4f8d9c7', metadata });
  const answer = await fetch(operator.url + pathname, { method: 'POST', headers, body, signal: AbortSignal.timeout(15_000) });
  return { status: answer.status, text: await answer.text() };
}

it('answers nobody without a credential, and nobody with a wrong one', async () => {
  expect(await verdict('good')).toMatchObject({ status: 401 });
  expect(await verdict('good', 'not-a-token-of-anybody')).toMatchObject({ status: 401 });
  expect(await verdict('good', stage.webhookToken)).toMatchObject({ status: 401 });
});

it('takes the token of a ServiceAccount that RBAC allows the path, and of no other', async () => {
  const subject = await stage.cluster.serviceAccountToken(stage.namespace, 'pipeline');
  // Kubernetes itself lets every account get /api/* of the API server: that must not open ours.
  expect(await verdict('good', subject)).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('/awoooi.io/api/v1/probes') },
  });
  const name = `${stage.namespace}-verdicts`;
  const rules = [{ nonResourceURLs: [`/awoooi.io/api/v1/probes/${stage.namespace}/*`], verbs: ['get'] }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: 'pipeline', namespace: stage.namespace }];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  await stage.apply({ apiVersion, kind: 'ClusterRole', metadata: { name }, rules });
  await stage.apply({ apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects });
  await eventually(async () => (await verdict('good', subject)).status === 200);
  expect(await verdict('good', subject)).toMatchObject({ body: { ok: true } });
  expect(await flagger('good', subject)).toMatchObject({ status: 403, body: { error: 'Forbidden' } });
});

const trigger = (name: string): ReturnType<typeof awoooi> => {
  const env = { KUBECONFIG: stage.cluster.adminKubeconfig, PATH: process.env['PATH'] ?? '' };
  return awoooi(['probe', 'trigger', `${stage.namespace}/${name}`, '--wait', '--timeout', '30s'], { env });
};

it('ends awoooi probe trigger --wait with 0, 1 and 2', async () => {
  const before = await probeView(stage, 'good').status();
  expect(await trigger('good')).toMatchObject({ status: 0, stdout: expect.stringContaining(': Ready, AllHopsPassed') });
  expect((await probeView(stage, 'good').status()).lastRun?.id).not.toBe(before.lastRun?.id);
  expect(await trigger('bad')).toMatchObject({ status: 1, stdout: expect.stringMatching(/not Ready, BadStatus: Hop alerts: .* 500/) });
  expect(await trigger('none')).toMatchObject({ status: 2, stderr: `there is no AlertChainProbe ${stage.namespace}/none\n` });
});

it('gives each of three pipelines that ask at once its answer, and tells one that asks a suspended probe so', async () => {
  target.breakWith({ is: 'slow', delayMs: 1_500 }, ({ path }) => path.endsWith('/health'));
  const ran = await Promise.all([trigger('good'), trigger('good'), trigger('good')]);
  expect(ran.map(({ status }) => status)).toEqual([0, 0, 0]);
  await probeView(stage, 'good').patch({ spec: { suspend: true } });
  expect(await trigger('good')).toMatchObject({ status: 1, stderr: expect.stringContaining('suspended') });
});
