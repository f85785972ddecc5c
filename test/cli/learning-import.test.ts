import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/cli/deps.ts';
import { closedCli } from '../builders/closed-cli.ts';
import { redisLearning } from '../../src/adapters/redis/learning/learning.ts';
import { awoooi } from '../../src/cli/program.ts';
import { openLearning } from '../../src/wiring/cli-session.ts';
import { newAnomaly } from '../builders/ingest.ts';
import { repairOutcome } from '../builders/repair-outcome.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connection.ts';
import { startRedis } from '../parts/redis.ts';
import type { Part } from '../parts/part.ts';
import { screen } from './screen.ts';
import type { Ran } from './shell.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const ago = (seconds: number): Date => new Date(Math.floor(Date.now() / 1000 - seconds) * 1000);
const FOREIGN = 'HighCPU:web-1/高';

let part: Part;
let redis: RedisConnection;

beforeAll(async () => {
  part = await startRedis();
  redis = connectRedis({ url: part.url });
  await redis.ready(soon());
});
afterAll(async () => {
  redis.close();
  await part.stop();
});
beforeEach(async () => void (await call('FLUSHALL')));

const call = (...[command, ...args]: [string, ...(string | number)[]]) => redis.commands.call(command, ...args);
const learning = () => redisLearning(redis.commands);

async function run(
  line: string,
  { url = part.url, isTTY = false }: { readonly url?: string; readonly isTTY?: boolean } = {},
): Promise<Ran> {
  const [stdout, stderr] = [screen(), screen({ isTTY })];
  const env = { REDIS_URL: url };
  const given = { env, stdout, stderr, openLearning: (env: Environment) => openLearning({ env, readFile: () => '' }) };
  const status = await awoooi(line.split(' '), closedCli(given));
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

const entry = (seconds: number, over: object = {}) =>
  JSON.stringify({ success: true, execution_time_seconds: 2, timestamp: ago(seconds).toISOString(), ...over });

/** As they stand after the earlier system wrote them: newest first. */
async function seeded() {
  const anomalyKey = newAnomaly();
  await call(
    'RPUSH',
    `learning:repair:${anomalyKey}:restart_pod`,
    entry(60, { root_cause: 'a leak' }),
    entry(120, { success: false }),
    entry(180),
  );
  await call('RPUSH', `learning:repair:${anomalyKey}:scale_up`, '{"success":true}', '{"success":true}');
  await call('RPUSH', `learning:repair:${FOREIGN}:rollback`, entry(60));
  const timeline = `anomaly:timeline:${anomalyKey}`;
  await call('ZADD', timeline, ago(60).getTime() / 1000, 'f1', ago(3600).getTime() / 1000, 'f2', ago(31 * 86_400).getTime() / 1000, 'f3');
  await call('RPUSH', `anomaly:timeline:${FOREIGN}`, JSON.stringify({ timestamp: ago(60).toISOString() }));
  return { anomalyKey };
}

/** All that is in Redis, to the last byte, but for what passes by itself. */
async function contents(): Promise<ReadonlyMap<string, string>> {
  const keys = String(await call('KEYS', '*'))
    .split(',')
    .toSorted((a, b) => (a < b ? -1 : 1));
  return new Map(await Promise.all(keys.map(async key => [key, Buffer.from(String(await call('DUMP', key))).toString('hex')] as const)));
}

describe('awoooi learning import', () => {
  it('takes over outcomes and occurrences, and says what came in', async () => {
    const { anomalyKey } = await seeded();
    const ran = await run('learning import');
    expect(ran).toEqual({
      status: 0,
      stderr: '',
      stdout: [
        '             KEYS  ENTRIES  IMPORTED  KNOWN  TOO OLD  UNREADABLE',
        'outcomes     3     6        6         0      0        0',
        'occurrences  2     4        3         0      1        0',
        "1 anomaly key is not of this operator's making (v1-…): kept word for word, and found by the same words alone; no incident of this operator has them",
        '',
      ].join('\n'),
    });
    const { occurrences, actions } = await learning().anomaly(anomalyKey, soon());
    expect(occurrences).toBe(2);
    expect(actions.find(({ action }) => action === 'restart_pod')).toMatchObject({
      attempts: 3,
      successes: 2,
      recentSeconds: [2, 2, 2],
      lastAt: ago(60),
      verified: { successes: 0, failures: 0 },
    });
    expect(actions.find(({ action }) => action === 'scale_up')).toMatchObject({ attempts: 2, successes: 2 });
    const [newest] = await learning().outcomes({ anomalyKey, action: 'restart_pod', limit: 1 }, soon());
    expect(newest).toMatchObject({ by: 'earlier-system', rootCause: 'a leak', success: true });
    expect(await learning().anomaly(FOREIGN, soon())).toMatchObject({ occurrences: 1, actions: [{ action: 'rollback', attempts: 1 }] });
  });

  it('changes nothing the second time, and never what the earlier system wrote', async () => {
    await seeded();
    const earlier = await contents();
    await run('learning import');
    const after = await contents();
    for (const [key, value] of earlier) expect(after.get(key)).toBe(value);
    const again = await run('learning import -o json');
    expect(JSON.parse(again.stdout)).toEqual({
      dry_run: false,
      outcomes: { keys: 3, entries: 6, imported: 0, known: 6, too_old: 0, unreadable: 0 },
      occurrences: { keys: 2, entries: 4, imported: 0, known: 4, too_old: 0, unreadable: 0 },
      foreign_anomaly_keys: 1,
      unreadable_keys: [],
    });
    expect(await contents()).toEqual(after);
  });

  it('is not confused by a thousand outcomes that came since, nor by new ones of the earlier system', async () => {
    const { anomalyKey } = await seeded();
    await run('learning import');
    await learning().record(
      Array.from({ length: 1500 }, () => repairOutcome({ anomalyKey })),
      soon(),
    );
    expect(JSON.parse((await run('learning import -o json')).stdout)).toMatchObject({ outcomes: { imported: 0, known: 6 } });
    await call('FLUSHALL');
    const fresh = await seeded();
    await run('learning import');
    await call('LPUSH', `learning:repair:${fresh.anomalyKey}:restart_pod`, entry(5));
    expect(JSON.parse((await run('learning import -o json')).stdout)).toMatchObject({ outcomes: { imported: 1, known: 6 } });
  });

  it('goes on where it was broken off', async () => {
    const { anomalyKey } = await seeded();
    await run('learning import');
    // As it stands where the process died before the key was noted.
    await call('DEL', 'awoooi:learning:imported');
    expect(JSON.parse((await run('learning import -o json')).stdout)).toMatchObject({
      outcomes: { imported: 0, known: 6 },
      occurrences: { imported: 0, known: 3 },
    });
    expect((await learning().anomaly(anomalyKey, soon())).occurrences).toBe(2);
  });

  it('only counts in a dry run', async () => {
    await seeded();
    const before = await contents();
    const ran = await run('learning import --dry-run');
    expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining('TO IMPORT')]);
    expect(ran.stdout).toContain('outcomes     3     6        6 ');
    expect(ran.stdout).toContain('dry run: nothing was written');
    expect(await contents()).toEqual(before);
  });

  it('leaves out what it cannot read, names the keys, and ends with 1', async () => {
    await call('RPUSH', 'learning:repair:a:restart_pod', 'nonsense', entry(5));
    await call('SET', 'learning:repair:b:restart_pod', 'text');
    await call('RPUSH', 'learning:repair:no-action', entry(5));
    await call('RPUSH', 'anomaly:timeline:a', 'whenever');
    const ran = await run('learning import');
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/outcomes {5}3 {5}3 {8}1 {9}0 {6}0 {8}3\n/);
    const told = ran.stdout.split('left out, of:\n')[1]?.trim().split(/\n\s+/);
    expect(new Set(told)).toEqual(
      new Set(['learning:repair:a:restart_pod', 'learning:repair:b:restart_pod', 'learning:repair:no-action', 'anomaly:timeline:a']),
    );
    const again = await run('learning import');
    expect(again.status).toBe(1);
    expect(again.stdout).toMatch(/outcomes {5}3 {5}3 {8}0 {9}1 {6}0 {8}3\n/);
  });

  it('says so where there is nothing', async () => {
    expect(await run('learning import')).toMatchObject({
      status: 0,
      stdout: 'there are no keys learning:repair:… or anomaly:timeline:… in this Redis\n',
    });
  });

  it('shows how far it has come on a terminal', async () => {
    for (let n = 0; n < 250; n += 1) await call('RPUSH', `learning:repair:a${n}:restart_pod`, entry(n));
    expect((await run('learning import', { isTTY: true })).stderr).toBe('\r\u001b[2K200 keys read\r\u001b[2K');
  });

  it('says what to do where Redis is away, or the setting is wrong', async () => {
    const away = await run('learning import', { url: 'redis://127.0.0.1:1' });
    expect([away.status, away.stderr]).toEqual([1, expect.stringMatching(/^Redis did not connect.*run it again, and it goes on\n$/s)]);
    const wrong = await run('learning import', { url: 'http://redis' });
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringMatching(/REDIS_URL/)]);
  });
});
