import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { asSender, canaryLabels, CLIENT_SECRET, listening, liveNonce, v4, webhookWorld } from '../../test/builders/webhook-world.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sentrySignature } from '../domain/sentry/signature.ts';

const URL = '/api/v1/webhooks/alertmanager';
const MIB = 1024 * 1024;
const open: Socket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

interface Call {
  readonly answer: () => string;
  readonly ended: () => boolean;
  readonly socket: Socket;
}

/** Sends a head and what is given of the body, and keeps all that comes back. */
function send(port: number, headers: Readonly<Record<string, string>>, body: Buffer | string = '', url = URL): Call {
  const socket = connect(port, '127.0.0.1');
  open.push(socket);
  let answer = '';
  let ended = false;
  socket.on('data', piece => (answer += piece.toString('latin1')));
  socket.on('close', () => (ended = true));
  // What we still send to a server that has ended the connection.
  socket.on('error', () => undefined);
  const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${url} HTTP/1.1\r\n${lines.join('')}\r\n`);
  socket.write(body);
  return { answer: () => answer, ended: () => ended, socket };
}

const lengthOf = (bytes: number) => ({ 'content-length': String(bytes) });

it.each([
  ['of a webhook', URL, 401],
  ['of a path that is none', '/api/v1/webhook', 404],
])('reads no more than it searches of a sender without a credential: %s', async (_, url, status) => {
  const world = webhookWorld();
  const connections: Socket[] = [];
  world.app.server.on('connection', (connection: Socket) => connections.push(connection));
  const port = await listening(world.app);
  const nonce = await liveNonce(world);
  const start = JSON.stringify(v4(canaryLabels(nonce)));
  // Ten bytes of the body never come: whoever waits for them holds all the others.
  const calls = Array.from({ length: 40 }, () => send(port, lengthOf(8 * MIB), start + 'x'.repeat(8 * MIB - start.length - 10), url));
  await eventually(() => calls.every(({ ended }) => ended()));
  expect(calls[0]?.answer()).toContain(`HTTP/1.1 ${status} `);
  expect(calls[0]?.answer().toLowerCase()).toContain('connection: close');
  expect(connections.reduce((sum, { bytesRead }) => sum + bytesRead, 0)).toBeLessThan(40 * MIB);
  const refusals = await eventually(async () => {
    const found = await world.drills.refusalsSince(new Date(0), AbortSignal.timeout(5000));
    return found.length === 40 && found;
  });
  expect(refusals[0]).toMatchObject({ status, nonces: [nonce], bodyRead: false });
  await world.app.close();
});

it('answers a sender without a credential also while others hold all that such senders may, and takes alerts meanwhile', async () => {
  const world = webhookWorld();
  const port = await listening(world.app);
  const waiting = Array.from({ length: 40 }, () => send(port, lengthOf(256 * 1024), 'x'.repeat(256 * 1024 - 10)));
  await eventually(() => waiting.filter(({ ended }) => ended()).length >= 8);
  const body = JSON.stringify(v4({ alertname: 'Disk' }));
  const stranger = send(port, lengthOf(body.length), body);
  await eventually(() => stranger.ended());
  expect(stranger.answer()).toContain('HTTP/1.1 401 ');
  const sender = send(port, { ...asSender, ...lengthOf(body.length) }, body);
  await eventually(() => sender.answer().includes('HTTP/1.1 200 '));
  for (const { socket } of waiting) socket.destroy();
  const nonce = await liveNonce(world);
  const canary = JSON.stringify(v4(canaryLabels(nonce)));
  // What the others held is free again, so that a canary which is refused is seen to be one.
  await eventually(async () => {
    send(port, lengthOf(canary.length), canary);
    const found = await world.drills.refusalsSince(new Date(0), AbortSignal.timeout(5000));
    return found.some(({ nonces }) => nonces.includes(nonce));
  });
  await world.app.close();
});

it('takes 64 MiB at once of admitted senders, answers the next 503 until one of them is done, and loses none of them', async () => {
  const world = webhookWorld();
  const port = await listening(world.app);
  const frame = JSON.stringify(v4({ alertname: 'Big', filler: '' }));
  const body = frame.replace('"filler":""', `"filler":"${'x'.repeat(8 * MIB - frame.length)}"`);
  const headers = { ...asSender, ...lengthOf(8 * MIB) };
  const eight = Array.from({ length: 8 }, () => send(port, headers, body.slice(0, 4 * MIB)));
  const small = JSON.stringify(v4({ alertname: 'Disk' }));
  const next = (): Call =>
    send(port, { ...asSender, 'transfer-encoding': 'chunked' }, `${small.length.toString(16)}\r\n${small}\r\n0\r\n\r\n`);
  const refused = await eventually(async () => {
    const call = next();
    await eventually(() => call.answer().includes('}'));
    return call.answer().includes(' 503 ') && call.answer();
  });
  expect(refused.toLowerCase()).toContain('retry-after: 5');
  expect(refused).toContain('too many alerts are arriving at once');
  const before = world.incidents.handed.length;
  for (const { socket } of eight) socket.write(body.slice(4 * MIB));
  await eventually(() => eight.every(({ answer }) => answer().includes('HTTP/1.1 200 ')));
  expect(world.incidents.handed).toHaveLength(before + 8);
  const last = next();
  await eventually(() => last.answer().includes('HTTP/1.1 200 '));
  await world.app.close();
});

it('keeps the bytes of a body that comes in a thousand pieces, and refuses one that grows too large on the way', async () => {
  const world = webhookWorld();
  const port = await listening(world.app);
  const body = JSON.stringify(v4({ alertname: 'Disk', text: 'é'.repeat(500) }));
  const pieces = Array.from(Buffer.from(body), byte => Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]));
  const whole = send(port, { ...asSender, 'transfer-encoding': 'chunked' }, Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]));
  await eventually(() => whole.answer().includes('HTTP/1.1 200 '));
  expect(world.incidents.handed[0]?.alert.labels).toEqual({ alertname: 'Disk', text: 'é'.repeat(500) });
  const size = (9 * MIB).toString(16);
  const large = send(port, { ...asSender, 'transfer-encoding': 'chunked' }, `${size}\r\n${'x'.repeat(9 * MIB)}\r\n0\r\n\r\n`);
  await eventually(() => large.answer().includes('HTTP/1.1 413 '));
  await world.app.close();
});

it('lets senders whose signature is not looked at yet hold no more than their share, and takes alerts meanwhile', async () => {
  const world = webhookWorld();
  const port = await listening(world.app);
  const url = '/api/v1/webhooks/sentry/error';
  const pretending = { 'sentry-hook-signature': '0'.repeat(64) };
  const holding = Array.from({ length: 4 }, () => send(port, { ...pretending, ...lengthOf(8 * MIB) }, 'x'.repeat(7 * MIB), url));
  // Two of them are more than the share has room for.
  await eventually(() => holding.filter(({ answer }) => answer().includes('HTTP/1.1 503 ')).length >= 2);
  const body = JSON.stringify(v4({ alertname: 'Disk' }));
  const sender = send(port, { ...asSender, ...lengthOf(body.length) }, body);
  await eventually(() => sender.answer().includes('HTTP/1.1 200 '));
  for (const { socket } of holding) socket.destroy();
  const issue = JSON.stringify({ action: 'created', data: { issue: { id: '1', title: 'Boom' } } });
  const signed = { 'sentry-hook-signature': sentrySignature(CLIENT_SECRET, issue), ...lengthOf(issue.length) };
  await eventually(async () => {
    const call = send(port, signed, issue, url);
    await eventually(() => call.answer().includes('}'));
    return call.answer().includes('HTTP/1.1 200 ');
  });
  const large = send(port, { ...pretending, ...lengthOf(9 * MIB) }, 'x'.repeat(9 * MIB), url);
  await eventually(() => large.answer().includes('HTTP/1.1 413 '));
  expect(new Set(world.incidents.handed.map(({ alert }) => alert.name))).toEqual(new Set(['Disk', 'Boom']));
  await world.app.close();
});
