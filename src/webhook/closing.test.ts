import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { asSender, listening, v4, webhookWorld } from '../../test/builders/webhook-world.ts';
import { eventually } from '../../test/parts/eventually.ts';

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
}

function post(port: number, agent: Agent, alertname: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const path = '/api/v1/webhooks/alertmanager';
    const sent = request(
      { port, host: '127.0.0.1', agent, path, method: 'POST', headers: { ...asSender, 'content-type': 'application/json' } },
      answer => {
        answer.resume();
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection }));
        answer.once('error', reject);
      },
    );
    sent.once('error', reject);
    sent.end(JSON.stringify(v4({ alertname })));
  });
}

/** Posts one alert after another on a kept connection, or a new one where it was ended, until it is refused one: that carried nothing. */
async function sender(port: number, name: string): Promise<{ sent: string[]; statuses: number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sent: string[] = [];
  const statuses: number[] = [];
  for (;;) {
    const alertname = `${name}-${sent.length}`;
    const answer = await post(port, agent, alertname).catch(unlessRefused);
    if (!answer) break;
    sent.push(alertname);
    statuses.push(answer.status);
  }
  agent.destroy();
  return { sent, statuses };
}

function unlessRefused(err: unknown): undefined {
  if (!(err instanceof Error && 'code' in err && err.code === 'ECONNREFUSED')) throw err;
}

it('loses no request when it closes under keep-alive load, and ends soon', async () => {
  const world = webhookWorld();
  const port = await listening(world.app);
  const senders = Array.from({ length: 20 }, (_, n) => sender(port, `s${n}`));
  await eventually(() => world.incidents.handed.length > 200);
  const before = performance.now();
  const closed = world.app.close();
  const results = await Promise.all(senders);
  await closed;
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(new Set(results.flatMap(({ statuses }) => statuses))).toEqual(new Set([200]));
  const held = new Set(world.incidents.handed.map(({ alert }) => JSON.stringify(alert.labels)));
  const lost = results.flatMap(({ sent }) => sent).filter(alertname => !held.has(JSON.stringify({ alertname })));
  expect(lost).toEqual([]);
});

it('ends although a client keeps an idle connection', async () => {
  const world = webhookWorld();
  const port = await listening(world.app);
  const agent = new Agent({ keepAlive: true });
  expect(await post(port, agent, 'once')).toEqual({ status: 200, connection: 'keep-alive' });
  const before = performance.now();
  await world.app.close();
  expect(performance.now() - before).toBeLessThan(10_000);
  agent.destroy();
});

it('gives nobody for ever to send a request', () => {
  const { server } = webhookWorld().app;
  expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout]).toEqual([10_000, 30_000, 5000]);
});

it('cuts off whoever sends a head or a body a byte at a time, and takes alerts meanwhile', { timeout: 60_000 }, async () => {
  const { app } = webhookWorld();
  // Sooner than in production; that these are the limits which count is the test above.
  Object.assign(app.server, { headersTimeout: 500, requestTimeout: 1000 });
  const port = await listening(app);
  const heads = [
    'POST /api/v1/webhooks/alertmanager HTTP/1.1\r\nx: ',
    'POST /api/v1/webhooks/alertmanager HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n',
  ];
  const slow = heads.map(head => {
    const socket = connect(port, '127.0.0.1');
    const dripping = setInterval(() => socket.write('a'), 50);
    const ended = new Promise<void>(resolve => socket.on('close', () => resolve()));
    socket
      .on('error', () => undefined)
      .on('close', () => clearInterval(dripping))
      .resume();
    socket.write(head);
    return ended;
  });
  const agent = new Agent();
  expect(await post(port, agent, 'meanwhile')).toMatchObject({ status: 200 });
  await Promise.all(slow);
  expect(await post(port, agent, 'afterwards')).toMatchObject({ status: 200 });
  agent.destroy();
  await app.close();
});
