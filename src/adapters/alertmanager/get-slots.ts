import { setTimeout as pause } from 'node:timers/promises';

/**
 * Alertmanager answers few GETs of its API at a time (`--web.get-concurrency`: 8, or the number of its cores if that is
 * more) and refuses the others with a 503, those of people's browsers too. So we never take more than half of them.
 */
const GETS_AT_ONCE = 4;

/** What it says then (alertmanager api/api.go, limitHandler). */
const BUSY = /^Limit of concurrent GET requests reached/;
const PAUSE_MS = 50;

/** How a call was answered, as far as it matters here. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One server's GETs of this process: how many are under way, and who waits. */
interface Server {
  busy: number;
  readonly waiting: Set<() => void>;
}

export interface GetSlots {
  /**
   * Sends when a slot of that server is free, and again while others keep the server busy. When the signal fires it waits
   * no more: `send` is called at once, and must fail by the same signal, or the last answer stands.
   */
  run<A extends Answer>(server: string, send: () => Promise<A>, signal: AbortSignal): Promise<A>;
}

/** `random` gives [0, 1), so that those who were refused together do not come again together. */
export function getSlots(random: () => number): GetSlots {
  const servers = new Map<string, Server>();

  async function take(name: string, signal: AbortSignal): Promise<() => void> {
    const server = servers.get(name) ?? { busy: 0, waiting: new Set() };
    servers.set(name, server);
    if (server.busy < GETS_AT_ONCE) server.busy += 1;
    else if (!(await turnOf(server, signal))) return () => {};
    return () => {
      const [next] = server.waiting;
      // A slot passes straight on to whoever waits longest.
      if (next) return next();
      server.busy -= 1;
      if (server.busy === 0) servers.delete(name);
    };
  }

  return {
    async run(name, send, signal) {
      const release = await take(name, signal);
      try {
        for (;;) {
          const answer = await send();
          if (answer.status !== 503 || !BUSY.test(answer.body) || signal.aborted) return answer;
          await pause(PAUSE_MS * (1 + random()), undefined, { signal }).catch(() => undefined);
        }
      } finally {
        release();
      }
    },
  };
}

/** False when the signal fired before a slot was free. */
function turnOf({ waiting }: Server, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const end = (mine: boolean): void => {
      waiting.delete(take);
      signal.removeEventListener('abort', giveUp);
      resolve(mine);
    };
    const take = (): void => end(true);
    const giveUp = (): void => end(false);
    waiting.add(take);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
}
