import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededIncidents } from '../builders/seeded-incidents.ts';
import { listening, webhookWorld } from '../builders/webhook-world.ts';
import { at, FINGERPRINT, type IncidentShell, incidentShell, LONG_REASON, OLD, OPEN, WAY_OUT } from './incident-shell.ts';
import { awoooi as asProcess } from './shell.ts';

let shell: IncidentShell;
beforeEach(async () => {
  shell = await incidentShell();
});
afterEach(() => shell.close());
const run: IncidentShell['run'] = (line, over) => shell.run(line, over);

it('works as a process of its own', async () => {
  const ran = await asProcess(['incidents', 'show', OPEN.id, '-o', 'json'], { env: shell.env({}) });
  expect([ran.status, ran.stderr, JSON.parse(ran.stdout)]).toEqual([0, '', expect.objectContaining({ id: OPEN.id })]);
});

describe('awoooi incidents', () => {
  it('lists them as a table, newest first', async () => {
    const { status, stdout, stderr } = await run('incidents list');
    expect([status, stderr]).toEqual([0, '']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^ID +ALERT +WHERE +STATUS +SEVERITY +OPENED +COUNT$/);
    expect(first).toMatch(/^inc-03-a{13} +HighLatency +payments\/checkout +open +critical +03-29 02:00:00 +1 recurring$/);
    expect(second).toMatch(/^inc-04-b{13} +PodDown +shop +resolved +warning +03-29 01:00:00 +1 recurring$/);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(102);
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
    expect(stdout).toMatch(/the anomaly +1 in 1 h, 2 in 24 h, 3 in 7 d, 4 in 30 d\nescalation +recurring\n/);
    expect(stdout).toMatch(/occurrences +1 \(1 alert firing now\)\n/);
    expect(stdout).toMatch(/telegram +delivered +2026-03-29T02:01:00\.000Z +message ID 42\s+1 attempt failed\n/);
    expect(stdout).toMatch(/sentry +skipped .*\s+SENTRY_API_TOKEN is not set\n/);
    expect(JSON.parse((await run(`incidents show ${OPEN.id} -o json`)).stdout)).toMatchObject({ id: OPEN.id, alertname: 'HighLatency' });
  });

  it('shows how its repairs stand, by whom, and for what they wait', async () => {
    const { stdout } = await run(`incidents show ${OPEN.id}`);
    const text = stdout.split('Repairs\n')[1]?.split('Timeline\n')[0]?.replaceAll(/\s+/g, ' ') ?? '';
    expect(text).toContain('rr-1 Failed (mei [2J) restart restart_pod of Deployment checkout: it fires again');
    expect(text).toContain(
      'rr-2 AwaitingApproval scale scale_up of Deployment checkout: asked, waits for an approval until 2026-03-29T02:30:00',
    );
    expect((await run(`incidents show ${OLD.id}`)).stdout).not.toContain('Repairs');
  });

  it('shows each command of the fix on a line of its own, and nothing cut', async () => {
    const { stdout } = await run(`incidents show ${OPEN.id}`);
    const { fix = '', rootCause = '' } = OPEN.analysis ?? {};
    expect(stdout).toContain(`  fix\n${fix.replaceAll(/^/gm, '    ')}\n`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(rootCause);
    const cause = stdout.split('\n').filter(line => /again/.test(line));
    expect(cause.length).toBeGreaterThan(1);
    expect(Math.max(...cause.map(line => line.length))).toBeLessThanOrEqual(80);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(WAY_OUT);
    expect(stdout).not.toContain('…');
  });

  it('shows deliveries in their order, and of those that wait when they come', async () => {
    const lines = (await run(`incidents show ${OPEN.id}`)).stdout.split('Deliveries\n')[1]?.split('\n') ?? [];
    const named = lines.filter(line => /^ {2}\S/.test(line));
    expect(named.map(line => line.trim().split(' ')[0])).toEqual([
      'analysis',
      'telegram',
      'telegram-repeat',
      'telegram-escalation',
      'sentry',
      'webhook',
    ]);
    expect(named[0]).toMatch(/pending +next try 2026-03-29T02:03:00\.000Z$/);
    expect(lines[1]).toMatch(/^ {6}2 attempts failed, last: 403/);
    expect(named[2]).toMatch(/pending +due 2026-03-29T02:10:00\.000Z$/);
    expect(named[5]).toMatch(/delivered .* delivery ID d-1$/);
  });

  it('acknowledges and resolves in the name of the token, and says the same when asked again', async () => {
    for (const [command, status] of [
      ['ack', 'acknowledged'],
      ['ack', 'acknowledged'],
      ['resolve', 'resolved'],
      ['resolve', 'resolved'],
    ] as const) {
      const fires = status === 'resolved' ? 'its 1 alert that still fires stays so, and re-opens it with its next occurrence\n' : '';
      const said = `${OPEN.id}: ${status} by pipeline at 2026-03-29T02:05:00.000Z\n${fires}`;
      expect(await run(`incidents ${command} ${OPEN.id}`)).toEqual({ status: 0, stdout: said, stderr: '' });
    }
  });

  it('says of one that is resolved that it is too late to acknowledge it', async () => {
    await run(`incidents resolve ${OPEN.id}`);
    const { status, stdout, stderr } = await run(`incidents ack ${OPEN.id}`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('too late to acknowledge it, for it is resolved by pipeline');
  });

  it.each(['show', 'ack', 'resolve'])('%s of one that is not there ends with 1 and says where to look', async command => {
    const { status, stdout, stderr } = await run(`incidents ${command} inc-09-zzzzzzzzzzzzz`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('`awoooi incidents list` shows those there are');
  });
});

const watchdog = (cluster: string) => ({ source: 'alertmanager', labels: { alertname: 'Watchdog', cluster, odd: '\u001b[2J' } }) as const;

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
    expect(stdout).toMatch(/telegram +delivered .* message ID 42/);
  });

  it('tells machines the same', async () => {
    expect(JSON.parse((await run('trace HighLatency -o json')).stdout)).toMatchObject({
      alert: 'HighLatency',
      entries: [{ outcome: 'deduplicated' }, { outcome: 'accepted' }],
      incidents: [
        {
          deliveries: [
            { channel: 'analysis', reason: LONG_REASON },
            { message_id: '42' },
            { due: at(10).toISOString() },
            { state: 'dead' },
            { state: 'skipped' },
            { message_id: 'd-1' },
          ],
        },
      ],
    });
  });

  it('says when a Watchdog was last heard, and of one whose chain is broken since when and who was told', async () => {
    const { watchdogs, chain } = shell.world;
    const signal = AbortSignal.timeout(10_000);
    await watchdogs.record({ ...watchdog('whole'), status: 'firing', at: at(4) }, signal);
    await watchdogs.record({ ...watchdog('broken'), status: 'resolved', at: at(3) }, signal);
    await chain.broke({ ...watchdog('broken'), since: at(2) }, signal);
    await chain.told(watchdog('broken'), OPEN.id, signal);
    const { status, stdout, stderr } = await run('trace Watchdog');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('\u001b');
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain('2026-03-29T02:04:00.000Z firing from alertmanager its chain counts as whole cluster=whole');
    const since = `its chain is broken since 2026-03-29T02:02:00.000Z (${OPEN.id})`;
    expect(said).toContain(`2026-03-29T02:03:00.000Z resolved from alertmanager ${since} cluster=broken`);
    expect(JSON.parse((await run('trace Watchdog -o json')).stdout)).toEqual({
      alert: 'Watchdog',
      entries: [],
      incidents: [],
      watchdogs: [
        { ...watchdog('whole'), status: 'firing', at: at(4).toISOString(), broken_since: null, incident_id: null },
        { ...watchdog('broken'), status: 'resolved', at: at(3).toISOString(), broken_since: at(2).toISOString(), incident_id: OPEN.id },
      ],
    });
  });

  it('says of the id of an incident that is not there what `incidents show` says', async () => {
    const id = 'inc-09-zzzzzzzzzzzzz';
    expect(await run(`trace ${id}`)).toEqual(await run(`incidents show ${id}`));
  });

  it('ends with 1 where nothing is known, and says what to do', async () => {
    const { status, stdout, stderr } = await run('trace a/b?c');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/nothing is known of "a\/b\?c": .*canaries .* not traced: .* AlertChainProbe.*docs\/senders/);
  });
});

it.each([`Unbekannter Fehler: ${'x'.repeat(236)}`, '錯'.repeat(85), 'a/b %2F?#c'])('traces an alert by its whole name: %s', async name => {
  const { store, outbox } = seededIncidents({ incidents: [{ ...OPEN, name }] });
  const named = webhookWorld({ incidents: store, outbox });
  const port = await listening(named.app);
  const ran = await asProcess(['trace', name], { env: shell.env({ AWOOOI_API_BASE: `http://127.0.0.1:${port}` }) });
  await named.app.close();
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, expect.stringContaining(OPEN.id), '']);
});

describe('awoooi deliveries', () => {
  it('lists the dead with why they died, and puts back those of one incident or all', async () => {
    const listed = await run('deliveries list');
    expect(listed.stdout).toMatch(/^2 waiting, the oldest since 2026-03-29T02:00:00\.000Z; 2 dead\n/);
    expect(listed.stdout).toMatch(/inc-03-a{13} +analysis +next try 2026-03-29T02:03:00\.000Z +2 attempts failed, last: 403 .*…\n/);
    expect(listed.stdout).toContain('A reason that ends in … is whole with -o json.');
    expect(JSON.parse((await run('deliveries list -o json')).stdout)).toMatchObject({
      longest_waiting: [{ channel: expect.any(String) }, { channel: expect.any(String) }],
    });
    expect((await run('deliveries list -o json')).stdout).toContain(WAY_OUT);
    expect(listed.stdout).toMatch(
      /inc-03-a{13} +telegram-escalation +2026-03-29T02:00:00\.000Z +2026-03-29T02:09:00\.000Z +12 +403: bot was kicked\n/,
    );
    expect(await run(`deliveries retry ${OPEN.id}`)).toMatchObject({ status: 0, stdout: '1 dead letter put back to be delivered\n' });
    expect(await run(`deliveries retry ${OPEN.id}`)).toEqual({
      status: 0,
      stdout: `nothing to put back: ${OPEN.id} has no dead letters\n`,
      stderr: '',
    });
    expect(JSON.parse((await run('deliveries list -o json')).stdout)).toMatchObject({ dead: 1, dead_letters: [{ incident_id: OLD.id }] });
    expect(await run('deliveries retry')).toMatchObject({ status: 0, stdout: '1 dead letter put back to be delivered\n' });
    expect(await run('deliveries retry')).toEqual({
      status: 0,
      stdout: 'nothing to put back: there are no dead letters\n',
      stderr: '',
    });
  });
});
