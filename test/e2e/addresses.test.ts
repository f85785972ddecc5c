import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiServerSlice } from '../builders/endpoint-slice.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, type Stage } from './stage.ts';

let stage: Stage;
let redis: Part;
let operator: Operator;
/** By what the operator's configuration says of each one's address. */
let targets: Readonly<Record<'plain' | 'denied' | 'allowed', Target>>;
/** Where the cluster says that its API server runs. */
const ENDPOINT = { address: '192.0.2.77', port: 6443 };
let removeSlice: () => Promise<void>;

beforeAll(async () => {
  const [plain, denied, allowed] = await Promise.all([startTarget(), startTarget(), startTarget()]);
  targets = { plain, denied, allowed };
  [stage, redis] = await Promise.all([raiseStage('addresses'), startRedis()]);
  removeSlice = await apiServerSlice(stage.cluster, ENDPOINT);
  const env = {
    AWOOOI_DENY_ADDRESSES: `127.0.0.1:${denied.port},127.0.0.1:${allowed.port}`,
    AWOOOI_ALLOW_ADDRESSES: `127.0.0.1:${allowed.port},0.0.0.0:${plain.port}`,
  };
  operator = await startOperator(stage.operator(redis.url, env));
});
afterAll(async () => {
  await removeSlice?.();
  await Promise.all([operator, redis, ...Object.values(targets)].map(part => part?.stop()));
});

it.each<[string, () => string, string]>([
  ['nothing is said of', () => targets.plain.url, 'True/AllHopsPassed'],
  ['AWOOOI_DENY_ADDRESSES names', () => targets.denied.url, 'False/AddressDenied'],
  ['AWOOOI_DENY_ADDRESSES names and AWOOOI_ALLOW_ADDRESSES too', () => targets.allowed.url, 'True/AllHopsPassed'],
  ['is always denied', () => `http://0.0.0.0:${targets.denied.port}`, 'False/AddressDenied'],
  ['is always denied and AWOOOI_ALLOW_ADDRESSES names', () => `http://0.0.0.0:${targets.plain.port}`, 'True/AllHopsPassed'],
  ['the cluster has for an endpoint of its API server', () => `https://${ENDPOINT.address}:${ENDPOINT.port}`, 'False/AddressDenied'],
])('a target at an address that %s', async (said, url, expected) => {
  const name = said.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  await stage.apply(probe(name, { runToken: 'v1', target: { url: url() }, hops: [{ name: 'api', type: 'Health' }] }));
  const status = await probeView(stage, name).until(({ lastRun }) => lastRun !== undefined && lastRun.phase !== 'Running');
  expect(condition(status)).toBe(expected);
  expect(condition(status, 'Stalled')).toBe(expected.startsWith('False') ? 'True/AddressDenied' : '-');
  const says = expected.startsWith('False') ? /deny list can be loosened in its configuration/ : /./;
  expect(status.hops?.[0]?.message).toMatch(says);
});

it('calls no address that it may not', () => {
  expect(targets.denied.requests).toEqual([]);
});
