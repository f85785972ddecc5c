import { describe, expect, it } from 'vitest';
import { type Received, startHttpServer } from '../servers/http-server.ts';
import {
  api,
  asOurSender,
  configText,
  nothingFires,
  RECEIVER,
  run,
  scene,
  type Setting,
  type Version,
  WEBHOOK_PATH,
} from './alert-chain-scene.ts';
import { CASES, redirectTo } from './attribution-cases.ts';

describe.each<Version>(['0.25', '0.33'])('what broke is told, with Alertmanager %s', version => {
  it.concurrent('nothing: the canary comes back, from every replica', async ctx => {
    const at = await scene(version, ctx);
    const result = await run(at);
    expect(result).toMatchObject({
      result: 'Passed',
      message: expect.stringMatching(/^(The canary|All 2 canaries) came back through receiver/),
    });
    await nothingFires(at.urls);
  });

  it.concurrent.for(CASES)('$name: $cause', async ({ arrange, ask, cause, says, saysOld, ...setting }, ctx) => {
    const at = await scene(version, ctx, setting);
    await arrange?.(at);
    const result = await run(at, ask?.(at));
    expect(result).toMatchObject({ result: 'Failed', cause });
    expect(result.message).toMatch(version === '0.25' ? (saysOld ?? says) : says);
    if (cause !== 'ApiUnreachable') await nothingFires(at.urls);
  });
});

const twoReceivers: Setting['config'] = ({ ours }) => ({
  routes: [{ matchers: ['awoooi_canary="true"'], receiver: 'log', continue: true }, { receiver: RECEIVER }],
  receivers: [{ name: 'log', webhook_configs: [{ url: `${ours}${WEBHOOK_PATH}`, http_config: asOurSender }] }],
});
const from = (receiver: string) => {
  const named = `"receiver":${JSON.stringify(receiver.replaceAll(/[.()]/g, String.raw`\$&`))}`;
  return ({ body }: Received) => body.includes(named);
};

describe('two receivers that post to us', () => {
  it.concurrent('passes when the one asked for comes second', async ctx => {
    const at = await scene('0.25', ctx, { config: twoReceivers });
    at.ours.breakWith({ is: 'slow', delayMs: 700 }, from(RECEIVER));
    expect(await run(at)).toMatchObject({ result: 'Passed', message: expect.stringContaining(`through receiver "${RECEIVER}"`) });
    expect(at.ours.requests.filter(from('log'))).not.toEqual([]);
  });

  it.concurrent('fails by what keeps the one asked for away', async ctx => {
    const at = await scene('0.25', ctx, { config: twoReceivers });
    at.ours.breakWith({ is: 'hang' }, from(RECEIVER));
    expect(await run(at)).toMatchObject({ result: 'Failed', cause: 'NotDelivered' });
  });
});

describe('what two clustered Alertmanagers add', () => {
  it.concurrent('one of two stopped: the other delivered', async ctx => {
    const at = await scene('0.33', ctx);
    await at.members[1]?.halt();
    const result = await run(at);
    expect(result).toMatchObject({ result: 'Failed', cause: 'PartlyDelivered' });
    expect(result.message).toContain(
      `1 of 2 Alertmanagers delivered (${at.urls[0]}). ApiUnreachable: Could not read its status at Alertmanager ${at.urls[1]}`,
    );
    await nothingFires(at.urls.slice(0, 1));
  });

  it.concurrent('one of two cannot reach us', async ctx => {
    const at = await scene('0.33', ctx);
    await at.members[0]?.reload(
      configText({ config: () => ({ url: 'http://127.0.0.1:9/closed' }) }, { ours: at.ours.url, other: at.other.url }),
    );
    const result = await run(at);
    expect(result).toMatchObject({ cause: 'PartlyDelivered' });
    expect(result.message).toContain(`delivered (${at.urls[1]}). NotDelivered: Alertmanager ${at.urls[0]} could not deliver`);
  });

  it.concurrent('the second replica waits 15 s for the first, and the budget allows it', async ctx => {
    const at = await scene('0.33', ctx, { peerTimeout: '15s' });
    const result = await run(at, { latencyBudget: '10s', peerTimeout: '15s', timeoutMs: 45_000 });
    expect(result).toMatchObject({ result: 'Passed' });
    expect(result.latencyMs).toBeGreaterThan(14_000);
  });

  it.concurrent('the same wait is late where the probe does not know of it', async ctx => {
    const at = await scene('0.33', ctx, { peerTimeout: '6s' });
    const result = await run(at, { latencyBudget: '1500ms', peerTimeout: '500ms' });
    expect(result).toMatchObject({ cause: 'DeliveredLate' });
  });
});

describe('what three clustered Alertmanagers add', () => {
  const inTurns = { latencyBudget: '4s', peerTimeout: '3s' };

  it.concurrent('with the default timeouts nothing is known of the third, and the timeout is what to change', async ctx => {
    const at = await scene('0.33', ctx, { size: 3, peerTimeout: '15s' });
    expect(await run(at, { latencyBudget: '10s', peerTimeout: '15s', timeoutMs: 30_000 })).toMatchObject({
      result: 'Unknown',
      cause: 'NotConfigured',
      message: expect.stringMatching(/Raise timeout to at least 49s\.$/),
    });
    await nothingFires(at.urls);
  });

  it.concurrent('with less time than they may take it passes all the same when all come back', async ctx => {
    const at = await scene('0.33', ctx, { size: 3, peerTimeout: '3s' });
    const result = await run(at, { ...inTurns, timeoutMs: 13_000 });
    expect(result).toMatchObject({ result: 'Passed', message: expect.stringContaining('All 3 canaries') });
    expect(result.latencyMs).toBeGreaterThan(5_500);
  });

  it.concurrent('a receiver that none of them reaches is told in little time, too', async ctx => {
    const at = await scene('0.33', ctx, { size: 3, peerTimeout: '3s', config: () => ({ url: 'http://127.0.0.1:9/closed' }) });
    expect(await run(at, { ...inTurns, timeoutMs: 9_500 })).toMatchObject({ result: 'Failed', cause: 'NotDelivered' });
  });
});

describe('the API', () => {
  it.concurrent.for<[number, string, RegExp]>([
    [401, 'ApiRefused', /answered 401: no.*alertmanager\.auth/],
    [503, 'ApiUnreachable', /answered 503/],
    [404, 'ApiRefused', /answered 404.*0\.25 or later/],
  ])('answers %i: %s', async ([status, cause, says], ctx) => {
    const at = await scene('0.25', ctx);
    at.other.breakWith({ is: 'answer', reply: { status, body: 'no' } });
    const result = await run({ ...at, urls: [at.other.url] });
    expect(result).toMatchObject({ result: 'Failed', cause, statusCode: status });
    expect(result.message).toMatch(says);
  });

  it.concurrent('takes the status but not the canary', async ctx => {
    const at = await scene('0.25', ctx);
    const status = await api(at.urls[0] ?? '', '/status');
    const front = await startHttpServer({
      handle: ({ path, method }) => (path === '/api/v2/status' ? { status: 200, body: status } : { status: method === 'POST' ? 403 : 404 }),
    });
    ctx.onTestFinished(() => front.stop());
    expect(await run({ ...at, urls: [front.url] })).toMatchObject({
      cause: 'ApiRefused',
      statusCode: 403,
      message: expect.stringMatching(/Could not post the canary/),
    });
  });

  it.concurrent('redirects', async ctx => {
    const at = await scene('0.25', ctx);
    at.other.breakWith({ is: 'answer', reply: redirectTo('/login') });
    expect(await run({ ...at, urls: [at.other.url] })).toMatchObject({ cause: 'Redirected', statusCode: 302 });
  });

  it.concurrent('has a name that does not resolve', async ctx => {
    const at = await scene('0.25', ctx);
    expect(await run({ ...at, urls: ['http://no-such-host.invalid:9093'] })).toMatchObject({
      cause: 'ApiUnreachable',
      message: expect.stringMatching(/resolve its name/),
    });
  });
});
