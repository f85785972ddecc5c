import { expect, it } from 'vitest';
import { startHttpServer } from '../../test/servers/http-server.ts';
import { atRate } from './load.ts';

it('sends a body when it is due, so that the sender adds nothing to what it measures', async () => {
  const server = await startHttpServer({ handle: () => ({ status: 200 }) });
  try {
    const { latenciesMs } = await atRate({ url: `${server.url}/`, connections: 1 }, { perSecond: 0.5, bodies: ['{}'] });
    expect(latenciesMs[0]).toBeLessThan(1_500);
  } finally {
    await server.stop();
  }
});
