import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { condition, ended, probeView } from './probe-view.ts';
import { metricsOf, probe, raiseStage, type Stage, valueOf } from './stage.ts';

let stage: Stage;
let redis: Part;
let target: Target;
let operator: Operator;

beforeAll(async () => {
  [stage, redis, target] = await Promise.all([raiseStage('life'), startRedis(), startTarget()]);
  operator = await startOperator(stage.operator(redis.url));
});
beforeEach(() => target.mend());
afterAll(() => Promise.all([operator, redis, target].map(part => part?.stop())));

const health = { name: 'api', type: 'Health' };
const spec = (more: object = {}): object => ({ target: { url: target.url }, hops: [health], ...more });
const apply = async (name: string, more?: object): Promise<ReturnType<typeof probeView>> => {
  await stage.apply(probe(name, spec(more)));
  return probeView(stage, name);
};

it('begins Unknown, says when it runs first, and becomes True without being asked', async () => {
  target.breakWith({ is: 'slow', delayMs: 1_500 });
  // Those whose turn comes at once show no time: one of four surely waits a little.
  const views = ['new-1', 'new-2', 'new-3', 'new-4'].map(name => probeView(stage, name));
  await stage.apply(...views.map(({ name }) => probe(name, spec())));
  const firsts = await Promise.all(views.map(view => view.until(status => condition(status) !== '-')));
  expect(firsts.map(status => condition(status))).toEqual(views.map(() => 'Unknown/NotRunYet'));
  const waiting = firsts.filter(({ lastRun }) => lastRun === undefined);
  expect(waiting.map(({ nextRunTime }) => nextRunTime)).not.toContain(undefined);
  expect(waiting.length).toBeGreaterThan(0);
  for (const view of views) {
    const status = await view.until(now => condition(now) === 'True/AllHopsPassed');
    expect(status.lastRun).toMatchObject({ trigger: 'Schedule', phase: 'Passed' });
    expect(Date.parse(status.nextRunTime ?? '')).toBeGreaterThan(Date.now());
  }
});

const wait = (): ReturnType<Stage['tryKubectl']> => stage.tryKubectl('wait', '--for=condition=Ready', 'acp/waited', '--timeout=2s');

it('keeps kubectl wait from passing on an older result', async () => {
  const view = await apply('waited', { runToken: 'v1', timeout: '4s' });
  await view.until(status => condition(status) === 'True/AllHopsPassed');
  expect(await wait()).toMatchObject({ status: 0 });

  target.breakWith({ is: 'hang' });
  await view.patch({ spec: { runToken: 'v2' } });
  expect(await wait()).toMatchObject({ status: 1, stderr: expect.stringContaining('timed out') });
  await view.until(status => condition(status) === 'False/TimedOut');

  target.mend();
  await view.run();
  expect(await wait()).toMatchObject({ status: 0 });
});

it.each([
  ['awoooi.io/requested-at', 'lastHandledRequest'],
  ['reconcile.fluxcd.io/requestedAt', 'lastHandledReconcileAt'],
] as const)('runs once for the annotation %s and echoes it', async (annotation, echo) => {
  const view = await apply(echo.toLowerCase(), { runToken: 'v1' });
  await view.until(status => condition(status) === 'True/AllHopsPassed');
  await view.patch({ metadata: { annotations: { [annotation]: '2026-01-01T00:00:00Z' } } });
  const status = await view.until(now => now[echo] === '2026-01-01T00:00:00Z' && now.lastRun?.phase === 'Passed');
  expect(status.lastRun?.trigger).toBe('Annotation');
  expect(ended(status)).toEqual(['Passed', 'Passed']);
});

it('runs a changed spec at once, and says of which spec the result is', async () => {
  const view = await apply('changed', { runToken: 'v1' });
  await view.until(status => condition(status) === 'True/AllHopsPassed');
  await view.patch({ spec: { hops: [health, { name: 'alerts', type: 'AlertmanagerWebhook' }] } });
  const status = await view.until((now, { metadata }) => now.provenGeneration === metadata.generation);
  expect(status.lastRun).toMatchObject({ trigger: 'SpecChange', phase: 'Passed' });
  expect(status.hops?.map(({ name, result }) => [name, result])).toEqual([
    ['api', 'Passed'],
    ['alerts', 'Passed'],
  ]);
});

it('gives up a run that is under way when it is suspended, and goes on when it no longer is', async () => {
  target.breakWith({ is: 'hang' });
  const view = await apply('paused', { runToken: 'v1' });
  await view.until(({ lastRun }) => lastRun?.phase === 'Running');
  await view.patch({ spec: { suspend: true, runToken: 'v2' } });
  const status = await view.until(now => condition(now) === 'Unknown/Suspended');
  expect(status.lastRun?.phase).toBe('Interrupted');
  expect(status.nextRunTime).toBeUndefined();

  target.mend();
  await view.patch({ spec: { suspend: false } });
  const resumed = await view.until(now => condition(now) === 'True/AllHopsPassed');
  expect(resumed.runToken).toBe('v2');
  expect(ended(resumed)).toEqual(['Interrupted', 'Passed']);
});

it('keeps as much history as it is told to, and counts the uptime over all runs', async () => {
  const view = await apply('counted', { runToken: 'v1', historyLimit: 2 });
  await view.until(status => condition(status) === 'True/AllHopsPassed');
  await view.run();
  target.breakWith({ is: 'answer', reply: { status: 500 } });
  expect(await view.run()).toMatchObject({ brokenHop: 'api', consecutiveFailures: 1 });
  target.mend();
  const status = await view.run();
  expect(status).toMatchObject({ consecutiveFailures: 0, uptime: { '24h': '75.00%', '7d': '75.00%', '30d': '75.00%' } });
  expect(ended(status)).toEqual(['Failed', 'Passed']);
  expect(status.brokenHop).toBeUndefined();
});

it('tells of transitions by events, and of nothing else', async () => {
  const view = await apply('told', { schedule: { every: '1s' }, timeout: '1s', failureThreshold: 1 });
  await view.until(({ history = [] }) => history.length >= 3);
  target.breakWith({ is: 'answer', reply: { status: 500 } });
  await view.until(({ consecutiveFailures = 0 }) => consecutiveFailures >= 3);
  const events = await eventually(async () => {
    const seen = await view.events();
    return seen.length > 1 && seen;
  });
  expect(events.map(({ type, reason, series }) => [type, reason, series?.count ?? 1])).toEqual(
    expect.arrayContaining([
      ['Normal', 'AllHopsPassed', 1],
      ['Warning', 'BadStatus', 1],
    ]),
  );
  expect(events).toHaveLength(2);
  await stage.kubectl('delete', 'acp', 'told');
});

it('says that its dead man’s switch is not reached, and not by which key', async () => {
  const location = `${target.url}/ping/the-key-of-the-switch`;
  target.breakWith({ is: 'answer', reply: { status: 301, headers: { location } } }, ({ path }) => path.startsWith('/ping'));
  const view = await apply('unheard', { runToken: 'v1', heartbeat: { url: location } });
  const failed = await eventually(async () => (await view.events()).find(({ reason }) => reason === 'HeartbeatFailed'));
  expect(failed).toMatchObject({ type: 'Warning', note: expect.stringContaining('answered 301, a redirect') });
  expect(failed.note).not.toContain('the-key');
  expect(condition(await view.status())).toBe('True/AllHopsPassed');
  const labels = `namespace="${stage.namespace}",probe="unheard"`;
  expect(valueOf(await metricsOf(operator), `awoooi_probe_heartbeats_total{${labels},result="failed"}`)).toBe(1);
});

it('shows in kubectl get, by its short name and its category', async () => {
  const view = await apply('shown', { runToken: 'v1' });
  await view.until(status => condition(status) === 'True/AllHopsPassed');
  expect(await stage.kubectl('get', 'acp', 'shown')).toMatch(
    /^NAME +READY +REASON +BROKEN HOP +FAILURES +LAST RUN +AGE\nshown +True +AllHopsPassed +0 +\d+s +\d+s\n$/,
  );
  expect(await stage.kubectl('get', 'awoooi', '-o', 'wide')).toMatch(/shown .*100\.00% +All 1 hops passed\./);
});

it('has its series from the first moment, and takes them along when it is deleted in the middle of a run', async () => {
  target.breakWith({ is: 'hang' });
  const view = await apply('gone', { runToken: 'v1' });
  await view.until(({ lastRun }) => lastRun?.phase === 'Running');
  const labels = `namespace="${stage.namespace}",probe="gone"`;
  const before = await metricsOf(operator);
  expect(valueOf(before, `awoooi_probe_hop_result{${labels},hop="api"}`)).toBe(-1);
  expect(valueOf(before, `awoooi_probe_hop_last_success_timestamp_seconds{${labels},hop="api"}`)).toBe(0);
  expect(valueOf(before, `awoooi_probe_runs_total{${labels},result="passed"}`)).toBe(0);

  await stage.kubectl('delete', 'acp', 'gone');
  await eventually(async () => !(await metricsOf(operator)).includes('probe="gone"'));
  target.mend();
  const again = await apply('gone', { runToken: 'v1' });
  expect(ended(await again.until(status => condition(status) === 'True/AllHopsPassed'))).toEqual(['Passed']);
  expect(operator.process().log()).not.toContain('failed unexpectedly');
});
