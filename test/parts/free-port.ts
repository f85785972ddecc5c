import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A part did not start because something else got its port first. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * A loopback port that nobody listens on. Taken from below the range the kernel gives to outgoing connections (32768 and up),
 * so that a part which is stopped and started again on its port finds it free.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(15_000, 32_000);
    if (await bindable(port)) return port;
  }
  throw new Error('no free port found between 15000 and 32000 on 127.0.0.1');
}

const KEPT_FROM = 10_000;
const KEPT_PER_WORKER = 500;
let turn = randomInt(KEPT_PER_WORKER);

/**
 * A loopback port for what comes and goes on it while others know it by that: nobody is given it meanwhile, neither by `freePort` nor in
 * another worker of the same run of the tests.
 */
export async function keptPort(): Promise<number> {
  const first = KEPT_FROM + Number(process.env['VITEST_POOL_ID'] ?? 0) * KEPT_PER_WORKER;
  for (let tries = 0; tries < KEPT_PER_WORKER; tries++) {
    turn = (turn + 1) % KEPT_PER_WORKER;
    const port = first + turn;
    if (await bindable(port)) return port;
  }
  throw new Error(`no free port found between ${first} and ${first + KEPT_PER_WORKER} on 127.0.0.1`);
}

/** Starts something on `count` free ports, and again on others when one was taken between the look and the start. */
export async function onFreePorts<T>(count: number, start: (ports: readonly number[]) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    // A port that nobody listens on yet can be drawn twice.
    const ports = new Set<number>();
    while (ports.size < count) ports.add(await freePort());
    try {
      return await start([...ports]);
    } catch (err) {
      if (!(err instanceof PortTaken) || tries === 5) throw err;
    }
  }
}

/** The port at a place of the list that `onFreePorts` handed out. */
export function portAt(ports: readonly number[], index: number): number {
  const port = ports[index];
  if (port === undefined) throw new Error(`only ${ports.length} ports were asked for`);
  return port;
}

function bindable(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
