import { describe, expect, it } from 'vitest';
import { asCaller, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { memoryRepairPause } from '../../adapters/memory/repair-pause.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { RepairPause } from '../../domain/ports/repair-pause.ts';
import type { TokenReviewer } from '../../domain/ports/token-reviewer.ts';

const PATH = '/api/v1/repairs/pause';
const at = new Date('2026-11-26T10:00:00Z');
const asMei = { authorization: 'Bearer mei' };
const reviewer: TokenReviewer = {
  review: async token => (token === 'mei' ? { is: 'allowed', username: 'mei@example.com' } : { is: 'unknown' }),
};

function worldOf(repairPause: RepairPause = memoryRepairPause({ now: () => at })) {
  const { app } = webhookWorld({ repairPause, tokenReviewer: reviewer });
  const get = (headers: object = asCaller) => app.inject({ url: PATH, headers: { ...headers } });
  const post = (url: string, headers: object = asCaller, payload?: object) =>
    app.inject({ method: 'POST', url, headers: { ...headers }, ...(payload && { payload }) });
  return { app, get, post, resume: (headers?: object) => post('/api/v1/repairs/resume', headers) };
}

const away = () => Promise.reject(new PortError('unreachable', 'away'));

const pipeline = { by: 'pipeline', reason: 'a release', since: at.toISOString() };
const mei = { by: 'mei@example.com', reason: 'a migration', since: at.toISOString() };

describe('the pause of all repairs', () => {
  it('is asked for in the name of the caller, and holds until each has withdrawn their own', async () => {
    const { get, post, resume } = worldOf();
    expect((await get()).json()).toEqual({ paused: false, requests: [] });
    expect((await post(PATH, asCaller, { reason: 'a release' })).json()).toEqual({ paused: true, requests: [pipeline] });
    expect((await post(PATH, asMei, { reason: 'a migration' })).json()).toEqual({ paused: true, requests: [mei, pipeline] });
    expect((await resume()).json()).toEqual({ paused: true, requests: [mei] });
    expect((await resume()).json()).toEqual({ paused: true, requests: [mei] });
    expect((await resume(asMei)).json()).toEqual({ paused: false, requests: [] });
    expect((await get()).json()).toEqual({ paused: false, requests: [] });
  });

  it.each([[undefined], [{}], [{ reason: '' }], [{ reason: '  ' }], [{ reason: 'x'.repeat(501) }], [{ reason: 'x', by: 'kate' }]])(
    'is refused with a sentence for %j',
    async payload => {
      const { get, post } = worldOf();
      const answer = await post(PATH, asCaller, payload);
      expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([400, expect.stringContaining('say why')]);
      expect((await get()).json()).toMatchObject({ paused: false });
    },
  );

  it('is shown to known callers alone, and asked for by them alone', async () => {
    const { get, post, resume } = worldOf();
    const answers = [await get({}), await post(PATH, {}, { reason: 'x' }), await resume({})];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
  });

  it('is 503 while the API server is away, never an answer that nobody asks', async () => {
    const { get, post, resume } = worldOf({ requests: away, request: away, withdraw: away });
    const answers = [await get(), await post(PATH, asCaller, { reason: 'x' }), await resume()];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503]);
  });

  it('is described in OpenAPI with an example', async () => {
    const { app } = worldOf();
    const { paths } = JSON.parse((await app.inject('/api/docs/json')).body);
    expect(paths[PATH].get.responses[200].content['application/json'].schema.example).toMatchObject({ paused: true });
    expect(paths[PATH].post.requestBody.content['application/json'].schema.example).toEqual({ reason: expect.any(String) });
  });
});
