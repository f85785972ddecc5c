import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Alertmanager as Running, startAlertmanager } from '../../../test/parts/alertmanager.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import { outgoingClient } from '../../net/outgoing.ts';
import { alertmanagerApi } from './alertmanager.ts';
import { getSlots } from './get-slots.ts';

const CONFIG = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';
const BUSY = { status: 503, body: 'Limit of concurrent GET requests reached (8), try again later.\n' };
const OK = { status: 200, body: '{}' };

/** Calls that stay open until they are ended, in the order they were sent. */
function calls() {
  const ends: ((answer: typeof OK) => void)[] = [];
  const send = (): Promise<typeof OK> => new Promise(resolve => ends.push(resolve));
  return { ends, send };
}

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const reset = (): Promise<typeof OK> => Promise.reject(new Error('reset'));

describe('slots', () => {
  it('send four at a time to one server, the others in the order they came, and to another server besides', async () => {
    const slots = getSlots(Math.random);
    const { ends, send } = calls();
    const { signal } = new AbortController();
    const all = Array.from({ length: 6 }, () => slots.run('a', send, signal));
    await settled();
    expect(ends).toHaveLength(4);
    const other = slots.run('b', send, signal);
    await settled();
    expect(ends).toHaveLength(5);
    ends[0]?.(OK);
    await settled();
    expect(ends).toHaveLength(6);
    for (const end of ends) end(OK);
    await settled();
    ends.at(-1)?.(OK);
    await expect(Promise.all([...all, other])).resolves.toHaveLength(7);
  });

  it('wait for no slot any more when the signal fires, and take none from others', async () => {
    const slots = getSlots(Math.random);
    const { ends, send } = calls();
    const stop = new AbortController();
    const { signal } = new AbortController();
    const first = Array.from({ length: 4 }, () => slots.run('a', send, signal));
    const late = slots.run('a', () => Promise.reject(new Error('given up')), stop.signal);
    stop.abort();
    await expect(late).rejects.toThrow('given up');
    const next = slots.run('a', send, signal);
    await settled();
    expect(ends).toHaveLength(4);
    for (const end of ends) end(OK);
    await Promise.all(first);
    ends.at(-1)?.(OK);
    await expect(next).resolves.toEqual(OK);
  });

  it('pass on when a call fails', async () => {
    const slots = getSlots(Math.random);
    const { signal } = new AbortController();
    await Promise.allSettled(Array.from({ length: 8 }, () => slots.run('a', reset, signal)));
    await expect(slots.run('a', async () => OK, signal)).resolves.toEqual(OK);
  });

  it('ask a busy server again, and let its last answer stand when time is up', async () => {
    const slots = getSlots(() => 0);
    const answers = [BUSY, BUSY, OK];
    await expect(slots.run('a', async () => answers.shift() ?? OK, new AbortController().signal)).resolves.toEqual(OK);
    await expect(slots.run('a', async () => BUSY, AbortSignal.timeout(120))).resolves.toEqual(BUSY);
  });

  it('take any other 503 for an answer', async () => {
    const answers = [{ status: 503, body: 'no upstream' }, OK];
    const answer = await getSlots(() => 0).run('a', async () => answers.shift() ?? OK, new AbortController().signal);
    expect(answer.body).toBe('no upstream');
  });
});

describe.each(['0.25', '0.33'] as const)('Alertmanager %s', version => {
  let running: Running;
  beforeAll(async () => {
    running = await startAlertmanager({ version, config: CONFIG });
  });
  afterAll(() => running.stop());

  it('answers a hundred probes at once, also while others keep it busy', async ({ onTestFinished }) => {
    const client = outgoingClient();
    onTestFinished(() => client.close());
    const api = alertmanagerApi(client);
    const signal = AbortSignal.timeout(30_000);
    const replica = { url: running.url, address: '127.0.0.1' };
    const others = Array.from({ length: 200 }, () => fetch(`${running.url}/api/v2/status`, { signal }).then(answer => answer.text()));
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.status(replica, signal)));
    expect(answers).toHaveLength(100);
    await Promise.all(others);
  });
});

it('a server that stays busy is told as unavailable, with what it said', async ({ onTestFinished }) => {
  const server = await startHttpServer({ handle: () => BUSY });
  const client = outgoingClient();
  onTestFinished(() => Promise.all([server.stop(), client.close()]).then(() => undefined));
  const asked = alertmanagerApi(client).status({ url: server.url, address: '127.0.0.1' }, AbortSignal.timeout(300));
  await expect(asked).rejects.toMatchObject({ name: 'PortError' });
  expect(server.requests.length).toBeGreaterThan(1);
});
