import { expect, it, onTestFinished } from 'vitest';
import { startHttpServer } from '../../test/servers/http-server.ts';
import { outgoingClient } from './outgoing.ts';

const MIB = 1024 * 1024;

it('lets an answer be as long as its call allows, and that of no other call', async () => {
  const server = await startHttpServer({ handle: () => ({ status: 200 }) });
  onTestFinished(() => server.stop());
  const client = outgoingClient();
  onTestFinished(() => client.close());
  server.breakWith({ is: 'huge', bytes: 2 * MIB });
  const long = await client.send({ method: 'GET', url: server.url, maxAnswerBytes: 3 * MIB });
  expect(long.body).toHaveLength(2 * MIB);
  await expect(client.send({ method: 'GET', url: server.url })).rejects.toMatchObject({ kind: 'too-large' });
});
