import { afterAll, beforeAll, expect, it } from 'vitest';
import { awoooi } from '../cli/shell.ts';
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
