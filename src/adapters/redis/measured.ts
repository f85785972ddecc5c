import { Cluster, type Command, type Redis } from 'ioredis';
import type { RedisMetrics } from '../../telemetry/redis-metrics.ts';

/** Answers that ioredis or the caller follows by itself. */
const NO_FAILURE = /^(NOSCRIPT|MOVED|ASK) /;

/** From now on every command that the client is given is measured, whoever gives it. */
export function measure(client: Redis | Cluster, metrics: RedisMetrics): void {
  if (client instanceof Cluster) client.sendCommand = timed(client.sendCommand.bind(client), metrics);
  else client.sendCommand = timed(client.sendCommand.bind(client), metrics);
}

/** With this ioredis introduces itself, which a Redis before 7.2 refuses. */
const INTRODUCTION = 'client';

function timed<A extends readonly [Command, ...unknown[]]>(send: (...args: A) => unknown, metrics: RedisMetrics): (...args: A) => unknown {
  return (...args) => {
    const began = performance.now();
    const [command] = args;
    // `call` passes on whatever case it was given.
    const name = command.name.toLowerCase();
    if (name === INTRODUCTION) return send(...args);
    const ended = (): void => metrics.command(name, (performance.now() - began) / 1000);
    command.promise.then(ended, (err: unknown) => {
      ended();
      if (!(err instanceof Error && NO_FAILURE.test(err.message))) metrics.failed(name);
    });
    return send(...args);
  };
}
