import { once } from 'node:events';
import { z } from 'zod';
import { type Reply, startHttpServer } from '../test/servers/http-server.ts';
import { startSignoz } from '../test/servers/signoz.ts';
import { MEASURED_LATENCY } from '../test/servers/signoz-pace.ts';

/** What the process prints once it serves. */
export const Places = z.object({ url: z.string(), editorKey: z.string(), handsUrl: z.string() });

/** Requests so far, by what they ask for. */
export const Counts = z.object({ lists: z.number(), reads: z.number(), posts: z.number(), puts: z.number(), deletes: z.number() });
export type Counts = z.infer<typeof Counts>;

/** A SigNoz at the speed of a real one, in a process of its own: what it costs must not be counted as the operator's. */
async function serve(): Promise<void> {
  const signoz = await startSignoz({
    channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9' }] }],
    latency: MEASURED_LATENCY,
  });
  const counted = { lists: 0, reads: 0, posts: 0, puts: 0, deletes: 0 };
  let upTo = 0;

  /** Only what came since the last look is looked at. */
  function counts(): Counts {
    for (; upTo < signoz.requests.length; upTo += 1) {
      const { method = '', path = '' } = signoz.requests[upTo] ?? {};
      if (!path.startsWith('/api/v2/rules')) continue;
      if (method === 'GET') counted[path === '/api/v2/rules' ? 'lists' : 'reads'] += 1;
      else if (method === 'POST') counted.posts += 1;
      else counted[method === 'PUT' ? 'puts' : 'deletes'] += 1;
    }
    return counted;
  }

  function changeAll(): Reply {
    const rules = z.array(z.looseObject({ id: z.string() })).parse(signoz.rules());
    for (const { id } of rules) signoz.editAs('someone@example.com', id, shown => ({ ...shown, description: 'changed by hand' }));
    return { status: 200, body: rules.length };
  }

  function seed(text: string): Reply {
    const ids = signoz.seed(z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(text)), 'operator@example.com');
    return { status: 200, body: ids.length };
  }

  const hands = await startHttpServer({
    handle: ({ path, body }) => {
      if (path === '/seed') return seed(body);
      return path === '/change-all' ? changeAll() : { status: 200, body: counts() };
    },
  });
  const { url, editorKey } = signoz;
  console.log(`PLACES ${JSON.stringify({ url, editorKey, handsUrl: hands.url })}`);
  await once(process, 'SIGTERM');
  await Promise.all([signoz.stop(), hands.stop()]);
}

if (import.meta.main) await serve();
