import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { eventually } from '../parts/eventually.ts';
import { writeKubeconfig } from '../parts/kubeconfig.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { type ApiFaultProxy, apiFaultProxy, type Seen } from '../servers/api-fault-proxy.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, SHORT_LEASE, type Stage, stageIn } from './stage.ts';

/** More than there are connections, and more than there are workers. */
const MANY = 20;
const NEVER = new Promise<never>(() => undefined);
const Lease = z.object({ spec: z.object({ renewTime: z.string(), holderIdentity: z.string() }) });

let plane: ControlPlane;
let first: Stage;
let redis: Part;
let target: Target;
let folder: string;
let stage: Stage;
let proxy: ApiFaultProxy;
let operator: Operator;

beforeAll(async () => {
  [plane, redis, target] = await Promise.all([startControlPlane(), startRedis(), startTarget()]);
  first = await raiseStage('trouble', { cluster: plane });
  folder = runFolder('trouble');
});
afterAll(async () => {
  await Promise.all([plane, redis, target].map(part => part.stop()));
  removeFolder(folder);
});
beforeEach(async () => {
  const ca = readFileSync(plane.caFile, 'utf8');
  const key = readFileSync(join(dirname(plane.caFile), 'apiserver.key'), 'utf8');
  proxy = await apiFaultProxy({ target: plane.url, ca, tls: { key, cert: ca } });
  stage = await stageIn(first.cluster, 'trouble');
  const token = await plane.serviceAccountToken('awoooi-system', 'awoooi-operator');
  const kubeconfig = writeKubeconfig(join(folder, 'proxied'), { url: proxy.url, caFile: plane.caFile, token });
  operator = await startOperator({ ...stage.operator(redis.url, SHORT_LEASE), kubeconfig });
  await eventually(async () => (await lease()).holderIdentity !== '');
});
afterEach(async () => {
  await operator.stop();
  await proxy.stop();
});

const ofStatus = ({ method, path }: Seen): boolean => method === 'PATCH' && path.endsWith('/status');
const ofEvents = ({ method, path }: Seen): boolean => method === 'POST' && path.endsWith('/events');
const ofReviews = ({ path }: Seen): boolean => path.endsWith('/tokenreviews');
const names = Array.from({ length: MANY }, (_, n) => `p-${n}`);
const health = (name: string) => probe(name, { runToken: 'v1', target: { url: target.url }, hops: [{ name: 'api', type: 'Health' }] });

async function lease(): Promise<{ readonly renewTime: string; readonly holderIdentity: string }> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${stage.namespace}/leases/awoooi-operator`;
  return Lease.parse((await plane.request(path)).body).spec;
}

it('goes on leading while every worker waits for a status write', async () => {
  proxy.inject({ matches: ofStatus, fault: { is: 'hold', until: NEVER } });
  await stage.apply(...names.map(health));
  await eventually(() => proxy.met() >= 16, { withinMs: 30_000 });
  const { renewTime, holderIdentity } = await lease();
  // Past the renew deadline and the duration of the lease, and within the writes' own deadlines.
  await eventually(async () => Date.parse((await lease()).renewTime) - Date.parse(renewTime) > 8_000, { withinMs: 30_000 });
  expect((await lease()).holderIdentity).toBe(holderIdentity);
  expect(operator.process().log().includes('leadership lost')).toBe(false);
  proxy.heal();
});

it('ends within seconds when the API server is gone and Events wait', async () => {
  proxy.inject({ matches: ofEvents, fault: { is: 'hold', until: NEVER } });
  await stage.apply(...names.map(health));
  const passed = names.map(name => probeView(stage, name).until(status => condition(status) === 'True/AllHopsPassed', 60_000));
  await Promise.all(passed);
  expect(proxy.met()).toBeGreaterThan(0);
  await proxy.stop();
  const told = performance.now();
  await operator.process().stop(60_000);
  expect(await operator.process().exited).toBe(0);
  expect(performance.now() - told).toBeLessThan(15_000);
});

it('answers a verdict that was asked before the shutdown, whatever it needs the API server for', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  proxy.inject({ matches: ofReviews, fault: { is: 'hold', until: held } });
  const url = `${operator.url}/api/v1/probes/${stage.namespace}/none/verdict`;
  const asked = fetch(url, { headers: { authorization: 'Bearer of-nobody' } });
  await eventually(() => proxy.met() === 1);
  const stopped = operator.process().stop(30_000);
  // The lease is given back once the controllers have ended: from then on only listeners are at work.
  await eventually(async () => (await lease()).holderIdentity === '', { withinMs: 20_000 });
  release();
  expect((await asked).status).toBe(401);
  await stopped;
});
