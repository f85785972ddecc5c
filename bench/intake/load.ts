import { Pool } from 'undici';

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
export async function atRate(target: Target, { perSecond, bodies }: { perSecond: number; bodies: readonly string[] }): Promise<Load> {
  const sender = senderTo(target);
  const started = performance.now();
  const sent: Promise<void>[] = [];
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      // The first at once, and each of the others when its time has come: due but not sent, it would look late by the server's doing.
      const due = Math.min(bodies.length, Math.floor(((performance.now() - started) / 1000) * perSecond) + 1);
      while (sent.length < due) sent.push(sender.send(bodies[sent.length] ?? '', started + (sent.length / perSecond) * 1000));
      if (sent.length < bodies.length) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  await Promise.all(sent);
  const seconds = (performance.now() - started) / 1000;
  await sender.close();
  return { perSecond: bodies.length / seconds, latenciesMs: sender.latenciesMs };
}

function senderTo({ url, headers = {}, connections }: Target) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const latenciesMs: number[] = [];
  return {
    latenciesMs,
    async send(body: string, since = performance.now()): Promise<void> {
      const answer = await pool.request({ path, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}`);
      latenciesMs.push(performance.now() - since);
    },
    close: () => pool.close(),
  };
}
