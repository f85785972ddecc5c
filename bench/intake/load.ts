import { type Dispatcher, Pool } from 'undici';

export interface Target {
  /** Origin and path. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
}

export interface Load {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

/**
 * Sends every body once over so many keep-alive connections, each as soon as the last on its connection was answered. Throws at the first
 * answer that is not 2xx.
 */
export async function asFastAsPossible(target: Target, bodies: readonly string[]): Promise<Load> {
  const sender = senderTo(target);
  let next = 0;
  const started = performance.now();
  const connection = async (): Promise<void> => {
    for (let at = next; at < bodies.length; at = next) {
      next += 1;
      await sender.send(bodies[at] ?? '');
    }
  };
  await Promise.all(Array.from({ length: target.connections }, connection));
  const seconds = (performance.now() - started) / 1000;
  await sender.close();
  return { perSecond: bodies.length / seconds, latenciesMs: sender.latenciesMs };
}

/** Sends every body at its time, whatever became of those before it: a latency is from that time on, so that a slow answer is not hidden. */
export function atRate(target: Target, { perSecond, bodies }: { perSecond: number; bodies: readonly string[] }): Promise<Load> {
  const sender = senderTo(target);
  return paced(sender, { perSecond, requests: bodies.map(body => since => sender.send(body, since)) });
}

/** The same with GETs of these paths below the URL. */
export function getsAtRate(target: Target, { perSecond, paths }: { perSecond: number; paths: readonly string[] }): Promise<Load> {
  const sender = senderTo(target);
  return paced(sender, { perSecond, requests: paths.map(path => since => sender.get(path, since)) });
}

interface Paced {
  readonly perSecond: number;
  /** Each is told when it is due, on performance.now(). */
  readonly requests: readonly ((since: number) => Promise<void>)[];
}

async function paced(sender: Sender, { perSecond, requests }: Paced): Promise<Load> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      // The first at once, and each of the others when its time has come: due but not sent, it would look late by the server's doing.
      const due = Math.min(requests.length, Math.floor(((performance.now() - started) / 1000) * perSecond) + 1);
      for (const request of requests.slice(sent.length, due)) sent.push(request(started + (sent.length / perSecond) * 1000));
      if (sent.length < requests.length) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  await Promise.all(sent);
  const seconds = (performance.now() - started) / 1000;
  await sender.close();
  return { perSecond: requests.length / seconds, latenciesMs: sender.latenciesMs };
}

type Sender = ReturnType<typeof senderTo>;

function senderTo({ url, headers = {}, connections }: Target) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const latenciesMs: number[] = [];

  async function request(options: Pick<Dispatcher.RequestOptions, 'path' | 'method' | 'headers' | 'body'>, since: number): Promise<void> {
    const answer = await pool.request(options);
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}`);
    latenciesMs.push(performance.now() - since);
  }

  return {
    latenciesMs,
    send: (body: string, since = performance.now()) =>
      request({ path: pathname, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }, since),
    get: (path: string, since = performance.now()) =>
      request({ path: `${pathname}/${path}`, method: 'GET', headers: { ...headers } }, since),
    close: () => pool.close(),
  };
}
