import { createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pem, serverTls } from '../../test/parts/certificates.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { type Fault, type HttpServer, startHttpServer } from '../../test/servers/http-server.ts';
import { NetError } from './net-error.ts';
import { type AnswerHead, type OutgoingClient, type OutgoingOptions, type OutgoingRequest, outgoingClient } from './outgoing.ts';

const CA = pem('ca');
const MIB = 1024 * 1024;

let server: HttpServer;
let tlsServer: HttpServer;
const clients: OutgoingClient[] = [];
const rawServers: Server[] = [];

function client(options: OutgoingOptions = {}): OutgoingClient {
  const made = outgoingClient(options);
  clients.push(made);
  return made;
}

/** A TCP server that says these bytes to whoever connects. */
async function saying(bytes: string): Promise<string> {
  const raw = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
  rawServers.push(raw);
  await new Promise<void>(resolve => raw.listen(0, '127.0.0.1', resolve));
  const address = raw.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/`;
}

const letGo = (): Promise<void> => Promise.resolve();

async function failure(sending: Promise<unknown>): Promise<NetError> {
  const err = await sending.then(
    () => new Error('it was sent'),
    (reason: unknown) => reason,
  );
  if (!(err instanceof NetError)) throw new Error('not a NetError', { cause: err });
  return err;
}

beforeAll(async () => {
  server = await startHttpServer({
    handle: ({ headers, body }) => ({ status: 200, body: { host: headers['host'], auth: headers['authorization'], body } }),
  });
  tlsServer = await startHttpServer({
    handle: ({ headers }) => ({ status: 200, body: { host: headers['host'] } }),
    tls: serverTls(),
  });
});
afterEach(async () => {
  server.mend();
  await server.accept();
  await Promise.all(clients.splice(0).map(made => made.close()));
  for (const raw of rawServers.splice(0)) raw.close();
});
afterAll(async () => {
  await server.stop();
  await tlsServer.stop();
});

describe('an answer', () => {
  it('comes back with status, headers, body and the time it took', async () => {
    const answer = await client().send({
      method: 'POST',
      url: `${server.url}/a?b=c`,
      body: 'grüße',
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({ body: 'grüße' });
    expect(answer.latencyMs).toBeGreaterThan(0);
    expect(server.requests.at(-1)).toMatchObject({ method: 'POST', path: '/a' });
  });

  it.each([400, 401, 404, 429, 500, 503])('with status %i is no failure', async status => {
    server.breakWith({ is: 'answer', reply: { status, body: 'why' } });
    expect(await client().send({ method: 'GET', url: server.url })).toMatchObject({ status, body: 'why' });
  });

  it('of a request with userinfo in its URL was asked for with Basic authorization', async () => {
    await client().send({ method: 'GET', url: server.url.replace('//', '//user:p%40ss@') });
    expect(server.requests.at(-1)?.headers['authorization']).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('is given away in pieces where the caller asks for it, the next one not before the last is dealt with', async () => {
    const long = 'ä'.repeat(2 * MIB);
    server.breakWith({ is: 'answer', reply: { status: 201, body: long } });
    const pieces: Uint8Array[] = [];
    const heads: AnswerHead[] = [];
    let atOnce = 0;
    let most = 0;
    const answer = await client({ maxAnswerBytes: 8 * MIB }).send({
      method: 'GET',
      url: server.url,
      inPieces: head => {
        heads.push(head);
        return async piece => {
          most = Math.max(most, ++atOnce);
          await setImmediate();
          pieces.push(piece);
          atOnce--;
        };
      },
    });
    expect(heads).toEqual([{ status: 201, headers: answer.headers }]);
    expect([answer.body, most, pieces.length > 10]).toEqual(['', 1, true]);
    expect(Buffer.concat(pieces).toString()).toBe(long);
    server.mend();
    const whole = await client().send({ method: 'POST', body: 'x', url: server.url, inPieces: () => undefined });
    expect(JSON.parse(whole.body)).toMatchObject({ body: 'x' });
  });

  it.each<[Fault, string]>([
    [{ is: 'truncated' }, 'reset'],
    [{ is: 'huge', bytes: 2 * MIB }, 'too-large'],
    [{ is: 'endless' }, 'timed-out'],
  ])('that is given away fails as any other: %j', async (fault, kind) => {
    server.breakWith(fault);
    const sending = client().send({ method: 'GET', url: server.url, deadlineMs: kind === 'timed-out' ? 100 : 5000, inPieces: () => letGo });
    expect(await failure(sending)).toMatchObject({ kind });
  });
});

describe('a failure', () => {
  it.each([
    ['a refused connection', 'refused', () => ({ url: 'http://127.0.0.1:1/' })],
    ['a name that does not resolve', 'name-not-resolved', () => ({ url: 'http://nowhere.invalid/' })],
    ['a URL of another scheme', 'invalid-request', () => ({ url: 'ftp://127.0.0.1/' })],
    ['a text that is no URL', 'invalid-request', () => ({ url: 'http://' })],
    ['a header that cannot be sent', 'invalid-request', () => ({ url: server.url, headers: { 'x-a': 'b\nc' } })],
    [
      'a name its certificate does not have',
      'tls',
      () => ({ url: `https://wrong.example:${tlsServer.port}/`, caBundle: CA, address: '127.0.0.1' }),
    ],
    [
      'an address its certificate does not have',
      'tls',
      () => ({ url: `https://127.0.0.2:${tlsServer.port}/`, caBundle: CA, address: '127.0.0.1' }),
    ],
    ['an authority that is not trusted', 'tls', () => ({ url: tlsServer.url })],
    ['the wrong authority', 'tls', () => ({ url: tlsServer.url, caBundle: pem('other-ca') })],
    ['a CA bundle that is none', 'tls', () => ({ url: tlsServer.url, caBundle: 'garbage' })],
    ['TLS to a plain port', 'tls', () => ({ url: server.url.replace('http:', 'https:') })],
    ['plain HTTP that is none', 'malformed', async () => ({ url: await saying('SSH-2.0-OpenSSH_9.2\r\n') })],
    ['headers without end', 'malformed', async () => ({ url: await saying(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(64 * 1024)}`) })],
  ] as const)('for %s is %s', async (_, kind, request: () => Promise<Partial<OutgoingRequest>> | Partial<OutgoingRequest>) => {
    const err = await failure(client().send({ method: 'GET', url: '', ...(await request()) }));
    expect([err.kind, err.message]).toEqual([kind, expect.stringMatching(/^GET /)]);
  });

  it.each([
    ['hangs', 'timed-out', { is: 'hang' }],
    ['never ends its body', 'timed-out', { is: 'endless' }],
    ['answers after the deadline', 'timed-out', { is: 'slow', delayMs: 60_000 }],
    ['resets the connection', 'reset', { is: 'reset' }],
    ['cuts its answer short', 'reset', { is: 'truncated' }],
    ['answers 2 MiB', 'too-large', { is: 'huge', bytes: 2 * MIB }],
  ] as const)('for a server that %s is %s', async (_, kind, fault) => {
    server.breakWith(fault);
    const err = await failure(client({ deadlineMs: 300 }).send({ method: 'POST', url: `${server.url}/hook`, body: '{}' }));
    expect([err.kind, err.message]).toEqual([kind, expect.stringContaining(`POST ${server.url}/hook: `)]);
  });

  it('for an answer of 100 MB comes without reading it, and the connection is gone', async () => {
    const before = server.bytesOut();
    server.breakWith({ is: 'huge', bytes: 100 * MIB });
    expect((await failure(client().send({ method: 'GET', url: server.url }))).kind).toBe('too-large');
    await eventually(() => server.openConnections() === 0);
    expect(server.bytesOut() - before).toBeLessThan(32 * MIB);
  });

  it.each([301, 302, 303, 304, 307, 308])('for a %i says where it leads and follows it nowhere', async status => {
    const asked = server.requests.length;
    server.breakWith({ is: 'answer', reply: { status, headers: { location: 'http://user:hunter22@elsewhere.example/x' } } });
    const err = await failure(client().send({ method: 'POST', url: server.url, body: '{}' }));
    expect(err).toMatchObject({ kind: 'redirected', statusCode: status });
    expect(err.message).toContain('http://***@elsewhere.example/x');
    expect(server.requests.length).toBe(asked + 1);
  });

  it('of the caller giving up is told apart from its time being over', async () => {
    server.breakWith({ is: 'hang' });
    const giveUp = new AbortController();
    const sending = failure(client().send({ method: 'GET', url: server.url, signal: giveUp.signal }));
    giveUp.abort();
    expect((await sending).kind).toBe('aborted');
    const late = client().send({ method: 'GET', url: server.url, signal: AbortSignal.timeout(50) });
    expect((await failure(late)).kind).toBe('timed-out');
    expect((await failure(client().send({ method: 'GET', url: server.url, signal: AbortSignal.abort() }))).kind).toBe('aborted');
  });

  it('of a hundred calls that hang delays no other to the same server', async () => {
    const same = client();
    const giveUp = new AbortController();
    const before = server.requests.length;
    server.breakWith({ is: 'hang' }, ({ path }) => path === '/hangs');
    const hanging = Array.from({ length: 100 }, () =>
      failure(same.send({ method: 'GET', url: `${server.url}/hangs`, signal: giveUp.signal })),
    );
    await eventually(() => server.requests.length === before + 100);
    expect((await same.send({ method: 'GET', url: server.url })).status).toBe(200);
    giveUp.abort();
    expect(new Set((await Promise.all(hanging)).map(({ kind }) => kind))).toEqual(new Set(['aborted']));
  });

  it('of one call leaves the next one alone', async () => {
    const same = client({ deadlineMs: 5_000 });
    server.breakWith({ is: 'reset' });
    await failure(same.send({ method: 'GET', url: server.url }));
    server.mend();
    expect((await same.send({ method: 'GET', url: server.url })).status).toBe(200);
  });
});

describe('TLS', () => {
  it('trusts the authorities it is given', async () => {
    expect((await client().send({ method: 'GET', url: tlsServer.url, caBundle: CA })).status).toBe(200);
  });

  it('does not lend one call’s authorities to the next', async () => {
    const same = client();
    await same.send({ method: 'GET', url: tlsServer.url, caBundle: CA });
    expect((await failure(same.send({ method: 'GET', url: tlsServer.url }))).kind).toBe('tls');
  });

  it('keeps host and server name of the URL with a pinned address', async () => {
    const url = `https://target.example:${tlsServer.port}/`;
    const answer = await client().send({ method: 'GET', url, address: '127.0.0.1', caBundle: CA });
    expect(JSON.parse(answer.body)).toEqual({ host: `target.example:${tlsServer.port}` });
  });
});

describe('a pinned address', () => {
  it('is where the call goes, under the name of the URL', async () => {
    const url = `http://alertmanager.example:${server.port}/`;
    const answer = await client().send({ method: 'GET', url, address: '127.0.0.1' });
    expect(JSON.parse(answer.body)).toMatchObject({ host: `alertmanager.example:${server.port}` });
  });

  it('is not mixed up with another address of the same name', async () => {
    const same = client();
    const url = `http://alertmanager.example:${server.port}/`;
    await same.send({ method: 'GET', url, address: '127.0.0.1' });
    expect((await failure(same.send({ method: 'GET', url, address: '127.0.0.9' }))).kind).toBe('refused');
  });

  it('stays usable when more of them were used than connections are kept for', async () => {
    const same = client();
    for (let i = 1; i <= 70; i++) {
      const url = `http://replica-${i}.example:${server.port}/`;
      expect((await same.send({ method: 'GET', url, address: '127.0.0.1', caBundle: `${CA}\n# ${i}` })).status).toBe(200);
    }
  });
});

describe('resolve', () => {
  it('gives every address once, a literal one itself', async () => {
    const found = await client().resolve('localhost');
    expect(found).toEqual([...new Set(found)]);
    expect(found).toContain('127.0.0.1');
    expect(await client().resolve('[::1]')).toEqual(['::1']);
    expect(await client().resolve('10.1.2.3')).toEqual(['10.1.2.3']);
  });

  it('waits no longer than its caller', async () => {
    const giveUp = new AbortController();
    const resolving = failure(client().resolve('nowhere.invalid', giveUp.signal));
    giveUp.abort();
    expect((await resolving).kind).toBe('aborted');
  });

  it('says which name it could not resolve', async () => {
    const err = await failure(client().resolve('nowhere.invalid'));
    expect(err).toMatchObject({ kind: 'name-not-resolved', message: expect.stringContaining('nowhere.invalid') });
  });
});

describe('close', () => {
  it('ends calls under way and keep-alive connections', async () => {
    const closing = client();
    await closing.send({ method: 'GET', url: server.url });
    server.breakWith({ is: 'hang' });
    const asked = server.requests.length;
    const sending = failure(closing.send({ method: 'GET', url: server.url }));
    await eventually(() => server.requests.length > asked);
    await closing.close();
    expect((await sending).kind).toBe('aborted');
    await eventually(() => server.openConnections() === 0);
  });
});
