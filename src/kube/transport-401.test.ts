import { describe, expect, it } from 'vitest';
import { type Reply, startHttpServer } from '../../test/servers/http-server.ts';
import { KubeError } from './client.ts';
import type { Identity } from './credentials.ts';
import { kubeClient } from './transport.ts';

const identity = (token: string): Identity => ({ headers: { authorization: `Bearer ${token}` }, tls: {} });

describe('a 401', () => {
  const refused: Reply = { status: 401, body: { kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' } };

  async function withTokens(old: Identity, fresh: Identity): Promise<unknown> {
    const picky = await startHttpServer({
      handle: ({ headers }) => (headers['authorization'] === 'Bearer good' ? { status: 200, body: {} } : refused),
    });
    const credentials = { server: picky.url, current: async (was?: Identity) => (was ? fresh : old) };
    const own = kubeClient({ credentials, userAgent: 'test' });
    try {
      const outcome = await own.request({ method: 'POST', path: '/x', body: {} }).then(
        () => 'done',
        (err: unknown) => (err instanceof KubeError ? err.reason : err),
      );
      return [outcome, picky.requests.map(({ headers }) => headers['authorization'])];
    } finally {
      await own.close();
      await picky.stop();
    }
  }

  it('is tried once more with the token read again', async () => {
    expect(await withTokens(identity('old'), identity('good'))).toEqual(['done', ['Bearer old', 'Bearer good']]);
  });

  it('is told when the new token is refused too', async () => {
    expect(await withTokens(identity('old'), identity('bad'))).toEqual(['Unauthorized', ['Bearer old', 'Bearer bad']]);
  });

  it('is not tried again with the same token', async () => {
    const same = identity('old');
    expect(await withTokens(same, same)).toEqual(['Unauthorized', ['Bearer old']]);
  });
});
