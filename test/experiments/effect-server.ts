import { createServer } from 'node:http';
import { z } from 'zod';

const Effect = z.object({ object: z.string(), key: z.string() });

/** An outside world that counts what is done to it: sends by object and key, each key standing for one effect. */
export interface EffectServer {
  readonly url: string;
  /** How often each key of that object was sent. */
  sends(object: string): readonly number[];
  /** Every other effect from now on is counted, and its answer never comes: the connection is reset. */
  dropAnswers(): void;
  stop(): Promise<void>;
}

export async function effectServer(): Promise<EffectServer> {
  const effects = new Map<string, Map<string, number>>();
  let dropping = false;
  let count = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.once('end', () => {
      const { object, key } = Effect.parse(JSON.parse(text));
      const keys = effects.get(object) ?? new Map<string, number>();
      effects.set(object, keys.set(key, (keys.get(key) ?? 0) + 1));
      count += 1;
      if (dropping && count % 2 === 1) response.socket?.resetAndDestroy();
      else response.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the effect server listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    sends: object => [...(effects.get(object)?.values() ?? [])],
    dropAnswers() {
      dropping = true;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
