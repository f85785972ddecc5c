import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awoooi } from '../../src/cli/program.ts';
import { openApi } from '../../src/wiring/cli-session.ts';
import { seededIncident, seededIncidents } from '../builders/seeded-incidents.ts';
import { API_TOKEN, listening, webhookWorld } from '../builders/webhook-world.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { awoooi as asProcess, type Ran } from './shell.ts';

/** The operator's server over incidents that are there, and a shell that has the server's token. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 29, 2, minute));
const ESCAPE = '\u001b[2J';
const OPEN = seededIncident({
  deliveries: [
    { channel: 'telegram', state: 'delivered', at: at(1), attempts: 1, memo: { messageId: '42' } },
    { channel: 'sentry', state: 'skipped', at: at(1), attempts: 0, reason: 'SENTRY_API_TOKEN is not set', memo: {} },
  ],
  annotations: { summary: `p99 ${ESCAPE}above 2 s` },
});
const OLD = seededIncident({ id: 'inc-04-bbbbbbbbbbbbb', name: 'PodDown', severity: 'warning', status: 'resolved', openedAt: at(-60) });
const FINGERPRINT = OPEN.fingerprint;
const RECEIVED = { source: 'alertmanager', status: 'firing', incidentId: OPEN.id } as const;
const TRACES = {
  [FINGERPRINT]: [
    { ...RECEIVED, at: at(1), replica: 'awoooi-1', outcome: 'deduplicated', detail: 'the firing of 02:00' },
    { ...RECEIVED, at: at(0), replica: 'awoooi-0', outcome: 'accepted' },
  ],
} as const;
const LETTER = { incidentId: OPEN.id, channel: 'webhook', since: at(0), diedAt: at(9), attempts: 12, reason: '403: bot was kicked' };

let world: ReturnType<typeof webhookWorld>;
let base: string;

beforeEach(async () => {
  const { store, outbox } = seededIncidents({ incidents: [OPEN, OLD], traces: TRACES, dead: [LETTER, { ...LETTER, incidentId: OLD.id }] });
  world = webhookWorld({ incidents: store, outbox });
  base = `http://127.0.0.1:${await listening(world.app)}`;
});
afterEach(async () => {
  await world.app.close();
});

const envWith = (over: Record<string, string>): Record<string, string> => ({ AWOOOI_API_BASE: base, AWOOOI_API_TOKEN: API_TOKEN, ...over });

/** In this process, for each of its own would take half a second. */
async function run(line: string, over: Record<string, string> = {}): Promise<Ran> {
  const [stdout, stderr] = [screen(), screen()];
  const env = envWith(over);
  const closed = { ok: false, problems: ['not here'] } as const;
  const status = await awoooi(line.split(' '), {
    version: '0.0.0-test',
    env,
    stdout,
    stderr,
    readText: async () => '',
    operator: async () => 0,
    openRun: () => closed,
    openApi: () => openApi({ env, readFile: () => '' }),
    openTrigger: async () => closed,
    newRunToken: () => '',
    monotonic: () => 0,
    signal: new AbortController().signal,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function screen() {
  const written: string[] = [];
  return { isTTY: false, write: (text: string) => void written.push(text), text: () => written.join('') };
}

it('works as a process of its own', async () => {
  const ran = await asProcess(['incidents', 'show', OPEN.id, '-o', 'json'], { env: envWith({}) });
  expect([ran.status, ran.stderr, JSON.parse(ran.stdout)]).toEqual([0, '', expect.objectContaining({ id: OPEN.id })]);
});

describe('awoooi incidents', () => {
  it('lists them as a table, newest first', async () => {
    const { status, stdout, stderr } = await run('incidents list');
    expect([status, stderr]).toEqual([0, '']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^ID +STATUS +SEVERITY +SOURCE +OPENED +COUNT +24H +ESCALATION +ALERT$/);
    expect(first).toMatch(/^inc-03-a{13} +open +critical +alertmanager +2026-03-29T02:00:00\.000Z +1 +2 +recurring +HighLatency$/);
    expect(second).toMatch(/^inc-04-b{13} +resolved +warning +.*PodDown$/);
  });

  it.each([
    ['--status open', [OPEN.id], false],
    ['--severity warning', [OLD.id], false],
    ['--source sentry', [], false],
    ['--alertname PodDown', [OLD.id], false],
    ['--limit 1', [OPEN.id], true],
  ])('lists with %s, for machines as well', async (flags, ids, more) => {
    const { status, stdout } = await run(`incidents list ${flags} -o json`);
    const listed: { incidents: { id: string }[]; more: boolean } = JSON.parse(stdout);
    expect([status, listed.incidents.map(({ id }) => id), listed.more]).toEqual([0, ids, more]);
  });

  it('says when there are none, and when there are more', async () => {
    expect(await run('incidents list --source sentry')).toMatchObject({ status: 0, stdout: 'no incidents match\n' });
    expect((await run('incidents list --limit 1')).stderr).toContain('there are more: raise --limit');
  });

  it('shows one with its deliveries, and nothing that would steer the terminal', async () => {
    const { status, stdout } = await run(`incidents show ${OPEN.id}`);
    expect(status).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^inc-03-a{13} {2}HighLatency: critical, open\n/);
    expect(stdout).toMatch(/opened +2026-03-29T02:00:00\.000Z\nstarted +2026-03-29T01:58:00\.000Z\n/);
    expect(stdout).toMatch(/the anomaly +1 in 1 h, 2 in 24 h, 3 in 7 d, 4 in 30 d: recurring\n/);
    expect(stdout).toMatch(/telegram +delivered +2026-03-29T02:01:00\.000Z +message 42 +1 failed\n/);
    expect(stdout).toMatch(/sentry +skipped +.*SENTRY_API_TOKEN is not set\n/);
    expect(JSON.parse((await run(`incidents show ${OPEN.id} -o json`)).stdout)).toMatchObject({ id: OPEN.id, alertname: 'HighLatency' });
  });

  it('acknowledges and resolves in the name of the token, and says the same when asked again', async () => {
    for (const [command, status] of [
      ['ack', 'acknowledged'],
      ['ack', 'acknowledged'],
      ['resolve', 'resolved'],
      ['resolve', 'resolved'],
    ] as const) {
      const said = `${OPEN.id}: ${status} by pipeline at 2026-03-29T02:05:00.000Z\n`;
      expect(await run(`incidents ${command} ${OPEN.id}`)).toEqual({ status: 0, stdout: said, stderr: '' });
    }
  });

  it.each(['show', 'ack', 'resolve'])('%s of one that is not there ends with 1 and says where to look', async command => {
    const { status, stdout, stderr } = await run(`incidents ${command} inc-09-zzzzzzzzzzzzz`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('`awoooi incidents list` shows those there are');
  });
});

describe('awoooi trace', () => {
  it.each([OPEN.id, 'HighLatency', FINGERPRINT])('tells of %s from its receipt to each delivery', async alert => {
    const { status, stdout } = await run(`trace ${alert}`);
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[1]).toMatch(/^2026-03-29T02:00:00\.000Z +firing from alertmanager +received by awoooi-0 +accepted into inc-03-a{13}$/);
    expect(lines[2]).toMatch(
      /^2026-03-29T02:01:00\.000Z +firing from .* awoooi-1 +deduplicated, the same as the firing of 02:00 \(inc-03-a{13}\)$/,
    );
    expect(stdout).toMatch(/inc-03-a{13} {2}HighLatency: critical, open, opened 2026-03-29T02:00:00\.000Z, 1 occurrence\n/);
    expect(stdout).toMatch(/telegram +delivered .* message 42/);
  });

  it('tells machines the same', async () => {
    expect(JSON.parse((await run('trace HighLatency -o json')).stdout)).toMatchObject({
      alert: 'HighLatency',
      entries: [{ outcome: 'deduplicated' }, { outcome: 'accepted' }],
      incidents: [{ deliveries: [{ message_id: '42' }, { state: 'skipped' }, { state: 'dead' }] }],
    });
  });

  it('ends with 1 where nothing is known, and says what to do', async () => {
    const { status, stdout, stderr } = await run('trace a/b?c');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/nothing is known of "a\/b\?c": .*docs\/senders/);
  });
});

it.each([`Unbekannter Fehler: ${'x'.repeat(236)}`, '錯'.repeat(85), 'a/b %2F?#c'])('traces an alert by its whole name: %s', async name => {
  const { store, outbox } = seededIncidents({ incidents: [{ ...OPEN, name }] });
  const named = webhookWorld({ incidents: store, outbox });
  const port = await listening(named.app);
  const ran = await asProcess(['trace', name], { env: envWith({ AWOOOI_API_BASE: `http://127.0.0.1:${port}` }) });
  await named.app.close();
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, expect.stringContaining(OPEN.id), '']);
});

describe('awoooi deliveries', () => {
  it('lists the dead with why they died, and puts back those of one incident or all', async () => {
    const listed = await run('deliveries list');
    expect(listed.stdout).toMatch(/^0 waiting; 2 dead\n/);
    expect(listed.stdout).toMatch(/inc-03-a{13} +webhook +2026-03-29T02:00:00\.000Z +2026-03-29T02:09:00\.000Z +12 +403: bot was kicked\n/);
    expect(await run(`deliveries retry ${OPEN.id}`)).toMatchObject({ status: 0, stdout: '1 dead letter put back to be delivered\n' });
    expect(await run(`deliveries retry ${OPEN.id}`)).toMatchObject({ status: 1, stderr: expect.stringContaining('has no dead letters') });
    expect(JSON.parse((await run('deliveries list -o json')).stdout)).toMatchObject({ dead: 1, dead_letters: [{ incident_id: OLD.id }] });
    expect(await run('deliveries retry')).toMatchObject({ status: 0, stdout: '1 dead letter put back to be delivered\n' });
    expect(await run('deliveries retry')).toMatchObject({ status: 0, stdout: '0 dead letters put back to be delivered\n' });
  });
});

describe('what is wrong', () => {
  it.each([
    ['incidents list --status closed', 'Allowed choices are open, acknowledged, resolved'],
    ['incidents list --limit 0', 'Give a whole number from 1 to 1000'],
    ['incidents list -o xml', 'Allowed choices are table, json'],
    ['incidents show HighLatency', 'Give the id of an incident, such as inc-07-3f9c0a1b2c4d5'],
    ['deliveries retry HighLatency', 'Give the id of an incident'],
    ['incidents show', "missing required argument 'id'"],
  ])('in the arguments ends with 2: %s', async (line, sentence) => {
    const { status, stderr } = await run(line);
    expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('in the settings ends with 2', async () => {
    const { status, stderr } = await run('incidents list', { AWOOOI_API_BASE: 'localhost' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('AWOOOI_API_BASE')]);
  });

  it.each([
    ['a token that is not known', { AWOOOI_API_TOKEN: 'wrong-token-0123' }, 'AWOOOI_API_TOKEN is not known there: set it to one of'],
    ['no token', { AWOOOI_API_TOKEN: '' }, 'AWOOOI_API_TOKEN is not set: set it to one of'],
    ['no operator', { AWOOOI_API_BASE: 'http://127.0.0.1:9' }, 'is the operator running, and is it at http://127.0.0.1:9?'],
  ])('with %s ends with 1 and says what to set', async (_, env, sentence) => {
    for (const line of ['incidents list', `incidents ack ${OPEN.id}`, 'trace HighLatency', 'deliveries list']) {
      const { status, stdout, stderr } = await run(line, env);
      expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(sentence)]);
      expect(stderr).not.toContain('wrong-token-0123');
    }
  });

  it('with something else at that address ends with 1 and says so', async () => {
    const server = await startHttpServer({ handle: () => ({ status: 200, body: '<html>' }) });
    expect(await run('incidents list', { AWOOOI_API_BASE: server.url })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('something that is not the operator'),
    });
    await server.stop();
  });
});

it('has help with examples', async () => {
  expect((await run('incidents list --help')).stdout).toContain('awoooi incidents list --status open --severity critical');
  expect((await run('trace --help')).stdout).toContain('awoooi trace HighLatency');
});
