import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import { startRedis } from '../../../test/parts/redis.ts';
import { gatherWrites } from './one-write.ts';

/** Whether the first of two commands of one turn is held back, their answers, and whether anything is held back afterwards. */
async function twoInOneTurn(client: Redis): Promise<unknown> {
  const answers = Promise.all([client.set('key', 'value'), client.get('key')]);
  const isHeld = client.stream.writableCorked === 1 && client.stream.writableLength > 0;
  return { isHeld, answers: await answers, isHeldAfterwards: client.stream.writableCorked > 0 };
}

const TOGETHER = { isHeld: true, answers: ['OK', 'value'], isHeldAfterwards: false };

it('holds the commands of a turn back and sends them in their order, on every connection anew', async () => {
  const part = await startRedis();
  const client = new Redis(part.url, { replyMapping: 'legacy' });
  client.on('error', () => {});
  try {
    gatherWrites(client);
    await eventually(() => client.status === 'ready');
    expect(await twoInOneTurn(client)).toEqual(TOGETHER);
    const before = client.stream;
    await part.kill9();
    await part.restart();
    await eventually(() => client.status === 'ready' && client.stream !== before);
    expect(await twoInOneTurn(client)).toEqual(TOGETHER);
  } finally {
    client.disconnect();
    await part.stop();
  }
});
