import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { answers, type Child, startChild } from '../parts/process.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisIncidents } from '../../src/adapters/redis/incidents/incidents.ts';
import { eventually } from '../parts/eventually.ts';
import { freePort, keptPort } from '../parts/free-port.ts';
import { writeKubeconfig } from '../parts/kubeconfig.ts';
import { operatorSpec, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { metricsOf, raiseStage, type Stage, valueOf } from './stage.ts';

let stage: Stage;
let redis: Part;

beforeAll(async () => {
  [stage, redis] = await Promise.all([raiseStage('server'), startRedis()]);
});
afterAll(() => redis.stop());

interface Started {
  readonly child: Child;
  readonly port: number;
  readonly opsUrl: string;
}

/** An operator that nobody waits for, killed at the end of the test. */
async function started(redisUrl: string, env: Readonly<Record<string, string>>, ctx: TestContext): Promise<Started> {
  const folder = runFolder('operator');
  const places = { port: await keptPort(), opsPort: await keptPort(), folder };
  const child = startChild(operatorSpec(stage.operator(redisUrl, env), places));
  ctx.onTestFinished(async () => {
    await child.kill9();
    removeFolder(folder);
  });
  return { child, port: places.port, opsUrl: `http://127.0.0.1:${places.opsPort}` };
}

interface Load {
  /** Statuses of what was answered. */
  readonly statuses: number[];
  /** What was sent and never answered. */
  readonly lost: string[];
}

/** Each another alert of one anomaly. */
function loadAlert(): string {
  const alert = { status: 'firing', labels: { alertname: 'Load', severity: 'warning', pod: randomUUID() }, annotations: {} };
  return JSON.stringify({ version: '4', receiver: 'awoooi', status: 'firing', alerts: [alert] });
}

/** One sender on one keep-alive connection, an alert after the other, until it is refused. */
async function send(url: string, token: string, load: Load): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const once = (): Promise<boolean> =>
    new Promise(resolve => {
      const call = request(`${url}/api/v1/webhooks/alertmanager`, { method: 'POST', agent, headers }, answer => {
        load.statuses.push(answer.statusCode ?? 0);
        answer.resume().once('end', () => resolve(true));
      });
      call.once('error', err => {
        // A connection that never came about carried nothing.
        if (!('code' in err && err.code === 'ECONNREFUSED')) load.lost.push(String(err));
        resolve(false);
      });
      call.end(loadAlert());
    });
  while (await once());
  agent.destroy();
}

it('ends within ten seconds of SIGTERM under load, with 0, and loses nothing that was sent', async ({ onTestFinished }) => {
  const operator = await startOperator(stage.operator(redis.url));
  onTestFinished(() => operator.stop());
  const load: Load = { statuses: [], lost: [] };
  const senders = Array.from({ length: 8 }, () => send(operator.url, stage.webhookToken, load));
  await eventually(() => load.statuses.length > 200, { withinMs: 20_000 });
  const before = performance.now();
  await operator.process().stop(15_000);
  expect(await operator.process().exited).toBe(0);
  expect(performance.now() - before).toBeLessThan(10_000);
  await Promise.all(senders);

  expect(load.lost).toEqual([]);
  expect(new Set(load.statuses)).toEqual(new Set([200]));
  const connection = connectRedis({ url: redis.url });
  onTestFinished(() => connection.close());
  await connection.ready(AbortSignal.timeout(5_000));
  const { incidents } = redisIncidents({ redis: connection, replica: 'reader', reopenWithinMs: 0, retentionMs: 3_600_000 });
  const found = await incidents.list({ name: 'Load', limit: 10 }, AbortSignal.timeout(5_000));
  expect(found.incidents.map(({ occurrences }) => occurrences)).toEqual([load.statuses.length]);
});

it('shows when it started until the first alert comes, and after a restart when the last one came', async ({ onTestFinished }) => {
  const empty = await startRedis();
  onTestFinished(() => empty.stop());
  const operator = await startOperator(stage.operator(empty.url));
  onTestFinished(() => operator.stop());
  const shown = async (series: string): Promise<number> => valueOf(await metricsOf(operator), series) ?? 0;
  const last = (): Promise<number> => shown('awoooi_last_alert_received_timestamp');
  const begun = await shown('process_start_time_seconds');
  const beforeAnAlert = await last();
  expect(beforeAnAlert).toBeGreaterThanOrEqual(begun);
  expect(beforeAnAlert).toBeLessThan(Date.now() / 1_000);

  expect(await sentAlert(operator.port)).toBe(200);
  const came = await last();
  expect(came).toBeGreaterThan(beforeAnAlert);
  await operator.restart();
  // Its start is in whole seconds on the page.
  expect(await shown('process_start_time_seconds')).toBeGreaterThanOrEqual(Math.floor(came));
  await eventually(async () => (await last()) === came);
});

it('finds Redis again by a password that was replaced in REDIS_URL_FILE while it ran', async ctx => {
  const guarded = await startRedis();
  const folder = runFolder('redis-url');
  const admin = new Redis(guarded.url);
  ctx.onTestFinished(async () => {
    admin.disconnect();
    await guarded.stop();
    removeFolder(folder);
  });
  const file = join(folder, 'url');
  const setPassword = async (word: string): Promise<void> => {
    await admin.acl('SETUSER', 'operator', 'reset', 'on', `>${word}`, '~*', '&*', '+@all');
    writeFileSync(file, `${guarded.url.replace('://', `://operator:${word}@`)}\n`);
  };
  await setPassword('first-word');
  const { opsUrl, port } = await started('', { REDIS_URL_FILE: file }, ctx);
  await eventually(async () => (await readyz(opsUrl))[0] === 200, { withinMs: 20_000 });

  await setPassword('second-word');
  await admin.client('KILL', 'USER', 'operator');
  expect(await eventually(async () => (await sentAlert(port)) === 200)).toBe(true);
});

it.each([
  ['the API', { AWOOOI_API_TOKENS: '', SENTRY_CLIENT_SECRETS: 'client-secret-of-the-tests' }, ['api']],
  ['a sender', {}, ['sentry']],
])('warns and shows in its metrics that anybody may come in where %s has no credential', async (_, env, open) => {
  const operator = await startOperator(stage.operator(redis.url, { AWOOOI_ALLOW_UNAUTHENTICATED: 'true', ...env }));
  try {
    const [warning] = operator
      .process()
      .log()
      .split('\n')
      .filter(line => line.includes('AWOOOI_ALLOW_UNAUTHENTICATED is set'));
    expect(JSON.parse(warning ?? '{}')).toMatchObject({ open });
    expect(valueOf(await metricsOf(operator), 'awoooi_unauthenticated_intake')).toBe(1);
    const { status } = await fetch(`${operator.url}/api/v1/incidents`, { signal: AbortSignal.timeout(5_000) });
    expect(status).toBe(open.includes('api') ? 200 : 401);
  } finally {
    await operator.stop();
  }
});

it.each([
  ['is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
  ['became a replica', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  ['lacks its replicas', ['CONFIG', 'SET', 'min-replicas-to-write', '1'], ['CONFIG', 'SET', 'min-replicas-to-write', '0']],
])('says that it can take no alert while Redis %s, and that it can again', async (_, break_, mend) => {
  const operator = await startOperator(stage.operator(redis.url));
  const admin = new Redis(redis.url);
  const told = async (): Promise<unknown[]> => {
    const { status } = await fetch(`${operator.url}/api/v1/health`, { signal: AbortSignal.timeout(5_000) });
    const [ready] = await readyz(operator.opsUrl);
    return [status, ready, valueOf(await metricsOf(operator), 'awoooi_redis_up'), await sentAlert(operator.port)];
  };
  const become = async (state: unknown[]): Promise<void> => {
    await eventually(async () => {
      expect(await told()).toEqual(state);
      return true;
    });
  };
  const set = ([command = '', ...args]: string[]): Promise<unknown> => admin.call(command, args);
  try {
    await become([200, 200, 1, 200]);
    await set(break_);
    await become([503, 503, 0, 503]);
    await set(mend);
    await become([200, 200, 1, 200]);
  } finally {
    await set(mend);
    admin.disconnect();
    await operator.stop();
  }
});

async function readyz(opsUrl: string): Promise<[number, string]> {
  const answer = await fetch(`${opsUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
  return [answer.status, await answer.text()];
}

/** The status with which one critical alert was answered. */
async function sentAlert(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.webhookToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ version: '4', alerts: [{ status: 'firing', labels: { alertname: 'Early', severity: 'critical' } }] }),
  });
  return answer.status;
}

describe('what keeps it from starting', () => {
  it('is all of its wrong settings at once, with 2', async ctx => {
    const wrong = { AWOOOI_PUBLIC_URL: 'localhost', AWOOOI_NAMESPACES: 'Not_A_Name', AWOOOI_LEASE_DURATION: 'soon', LOG_LEVEL: 'loud' };
    const { child } = await started(redis.url, wrong, ctx);
    expect(await child.exited).toBe(2);
    for (const name of Object.keys(wrong)) expect(child.log()).toContain(`awoooi operator: ${name} is `);
    expect(child.log()).not.toContain(stage.apiToken);
  });

  it('is a port that somebody else has, with 1 and a sentence', async ctx => {
    const { child } = await started(redis.url, { AWOOOI_API_PORT: String(redis.port) }, ctx);
    expect(await child.exited).toBe(1);
    expect(child.log()).toMatch(new RegExp(`^awoooi operator: .*127\\.0\\.0\\.1:${redis.port}.*AWOOOI_API_PORT.*$`, 'm'));
    expect(child.log()).not.toContain('    at ');
  });

  it('is no Redis that is away: it waits unready and becomes ready', async ctx => {
    const late = await startRedis();
    ctx.onTestFinished(() => late.stop());
    await late.halt();
    const { child, opsUrl, port } = await started(late.url, { TG_CHATID: '7' }, ctx);
    // The caches fill in the meantime: what is left is Redis.
    await eventually(async () => {
      const [status, text] = await readyz(opsUrl);
      return status === 503 && text.includes('redis') && !text.includes('caches are not filled');
    });
    expect(await answers(`${opsUrl}/livez`)).toBe(true);
    expect(await sentAlert(port)).toBe(503);
    expect((await readyz(opsUrl))[1]).toMatch(/see REDIS_URL/);
    // It has tried many times by now, and says so once for each thing that went wrong.
    const told = (): string[] =>
      child
        .log()
        .split('\n')
        .filter(line => line.includes('redis connection failed'));
    expect(told().length).toBeGreaterThan(0);
    expect(child.log()).toContain('TG_CHATID is not read: did you mean TG_CHAT_ID?');
    const background = child
      .log()
      .split('\n')
      .filter(line => line.includes('what is done in the background failed'));
    expect(background.length).toBeGreaterThan(0);
    expect(new Set(background.map(line => /"what":"[^"]*"/.exec(line)?.[0])).size).toBe(background.length);
    expect(background.join('')).not.toContain('"stack"');
    expect(new Set(told().map(line => /"problem":"[^"]*"/.exec(line)?.[0])).size).toBe(told().length);
    await late.restart();
    await eventually(async () => (await readyz(opsUrl))[0] === 200);
    expect(child.running()).toBe(true);
  });

  it('is no API server that is away: it takes alerts, shows its metrics, and ends in good order', async ctx => {
    const url = `https://127.0.0.1:${await freePort()}`;
    const folder = runFolder('kubeconfig');
    ctx.onTestFinished(() => removeFolder(folder));
    const { caFile } = stage.cluster;
    const KUBECONFIG = writeKubeconfig(join(folder, 'config'), { url, caFile, token: 'of-nobody' });
    const { child, opsUrl, port } = await started(redis.url, { KUBECONFIG }, ctx);
    await eventually(async () => (await sentAlert(port)) === 200, { withinMs: 20_000 });
    expect(await readyz(opsUrl)).toEqual([503, expect.stringContaining('caches are not filled')]);
    const page = await metricsOf({ opsUrl });
    expect(valueOf(page, 'workqueue_depth{name="alertchainprobe"}')).toBe(0);
    expect(valueOf(page, 'http_requests_total{method="POST",path="/api/v1/webhooks/alertmanager",status="503"}')).toBe(0);
    expect(valueOf(page, 'awoooi_reflector_silence_seconds{resource="alertchainprobes"}')).toBeGreaterThan(0);
    await child.stop(10_000);
    expect(await child.exited).toBe(0);
  });
});
