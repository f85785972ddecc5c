import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../../test/servers/http-server.ts';
import { type GuardedClient, type OutgoingClient, type OutgoingOptions, outgoingClient } from './outgoing.ts';

let server: HttpServer;
const clients: OutgoingClient[] = [];

function client(options: OutgoingOptions): GuardedClient {
  const made = outgoingClient(options);
  clients.push(made);
  return made;
}

const outcome = (sending: Promise<{ status: number }>): Promise<unknown> =>
  sending.then(
    answer => answer.status,
    (err: unknown) => err,
  );

beforeAll(async () => {
  server = await startHttpServer({ handle: () => ({ status: 200, body: 'ok' }) });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map(made => made.close()));
});
afterAll(() => server.stop());

describe('a denied address is not connected to', () => {
  const loopback = ['127.0.0.0/8', '::1'];

  it.each([
    ['literal', '127.0.0.1', {}],
    ['literal in another spelling', '0x7f.1', {}],
    ['literal, without a dot', '2130706433', {}],
    ['behind a name', 'localhost', {}],
    ['IPv4 mapped into IPv6', '[::ffff:127.0.0.1]', {}],
    ['pinned', 'target.example', { address: '127.0.0.1' }],
    ['pinned and mapped', 'target.example', { address: '::ffff:127.0.0.1' }],
  ])('%s', async (_, host, pin) => {
    const before = server.requests.length;
    const url = `http://${host}:${server.port}/`;
    expect(await outcome(client({ deny: loopback }).send({ method: 'GET', url, ...pin }))).toMatchObject({ kind: 'address-denied' });
    expect(server.requests.length).toBe(before);
  });

  it('even where only one port of it is denied', async () => {
    const other = await startHttpServer({ handle: () => ({ status: 204 }) });
    const some = client({ deny: [`127.0.0.1:${server.port}`] });
    expect(await outcome(some.send({ method: 'GET', url: server.url }))).toMatchObject({ kind: 'address-denied' });
    expect(await outcome(some.send({ method: 'GET', url: other.url }))).toBe(204);
    await other.stop();
  });

  it('once it is named, and no longer once others are', async () => {
    const guarded = client({});
    const status = (): Promise<unknown> => outcome(guarded.send({ method: 'GET', url: server.url, headers: { connection: 'close' } }));
    guarded.denyBesides([`127.0.0.1:${server.port}`]);
    expect(await status()).toMatchObject({ kind: 'address-denied' });
    guarded.denyBesides(['192.0.2.1']);
    expect(await status()).toBe(200);
    guarded.denyBesides([`127.0.0.1:${server.port}`]);
    expect(await status()).toMatchObject({ kind: 'address-denied' });
  });

  it.each(['http://169.254.169.254/latest/meta-data/', 'http://[fe80::1]/', 'http://[::ffff:169.254.169.254]/', 'http://0.0.0.0/'])(
    'without any configuration: %s',
    async url => {
      expect(await outcome(client({}).send({ method: 'GET', url }))).toMatchObject({
        kind: 'address-denied',
        message: expect.stringContaining("on the list of denied addresses; the operator's configuration can allow it"),
      });
    },
  );
});

describe('the allow list', () => {
  it('loosens the deny list', async () => {
    const some = client({ deny: ['127.0.0.0/8'], allow: [`127.0.0.1:${server.port}`] });
    expect(await outcome(some.send({ method: 'GET', url: server.url }))).toBe(200);
    expect(await outcome(some.send({ method: 'GET', url: 'http://127.0.0.2:1/' }))).toMatchObject({ kind: 'address-denied' });
  });

  it('loosens what is always denied', async () => {
    const some = client({ allow: ['0.0.0.0'] });
    expect(await outcome(some.send({ method: 'GET', url: `http://0.0.0.0:${server.port}/` }))).toBe(200);
  });
});

describe('secrets', () => {
  const token = '123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
  const secrets = ['s3cr3t-value'];

  it.each([
    ['a refused connection', (host: string) => ({ url: `http://${host}127.0.0.1:1/bot${token}/getMe?key=s3cr3t-value` })],
    ['a name that does not resolve', (host: string) => ({ url: `http://${host}s3cr3t-value.invalid/bot${token}/getMe` })],
    ['a denied address', (host: string) => ({ url: `http://${host}169.254.169.254/bot${token}/s3cr3t-value` })],
    ['a URL that is none', (host: string) => ({ url: `ftp://${host}127.0.0.1/bot${token}/s3cr3t-value` })],
    ['a URL that cannot be read', (host: string) => ({ url: `http://${host}:x/bot${token}/s3cr3t-value` })],
    [
      'a header that cannot be sent',
      (host: string) => ({ url: `http://${host}127.0.0.1:1/bot${token}`, headers: { 'x-key': 's3cr3t-value\n' } }),
    ],
  ])('are in no error text: %s', async (_, request) => {
    const sent = { method: 'GET' as const, headers: { Authorization: 'Bearer b34rer-token' }, secrets, ...request('user:hunter22@') };
    const err = await outcome(client({}).send(sent));
    const shown = err instanceof Error ? `${err.message} ${err.stack} ${JSON.stringify(err)} ${String(err.cause)}` : String(err);
    expect(err).toMatchObject({ name: 'NetError' });
    for (const secret of ['s3cr3t-value', 'hunter22', 'AAHdqTcv', 'b34rer-token']) expect(shown).not.toContain(secret);
  });

  it('are masked in the place a redirect leads to', async () => {
    const headers = { location: '/login?token=b34rer-token&key=s3cr3t-value&pw=aHVudGVyMjI6czNjcjN0' };
    server.breakWith({ is: 'answer', reply: { status: 302, headers } });
    const authorization = 'Basic aHVudGVyMjI6czNjcjN0';
    const err = await outcome(
      client({}).send({ method: 'GET', url: server.url, headers: { authorization }, secrets: [...secrets, 'b34rer-token'] }),
    );
    server.mend();
    expect(err).toMatchObject({ message: expect.stringContaining('/login?token=***&key=***&pw=***') });
  });
});
