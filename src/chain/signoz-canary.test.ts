import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drillsAway, hopWorld, type HopWorld, tryHop } from '../../test/chain/world.ts';
import { type HttpServer, type Received, type Reply, startHttpServer } from '../../test/servers/http-server.ts';
import { type Signoz, startSignoz } from '../../test/servers/signoz.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import { channelTestNonce } from '../domain/drills/marker.ts';
import { signozCanary } from './signoz-canary.ts';

const Payload = z.object({ alerts: z.array(z.object({ labels: z.record(z.string(), z.string()) })).min(1) });
const never = new AbortController().signal;

let signoz: Signoz;
/** Plays our webhook: what a test makes of a channel test that arrives. */
let webhook: HttpServer;
let onArrival: (nonce: string) => Reply | Promise<Reply>;
let world: HopWorld;

async function arrive({ body }: Received): Promise<Reply> {
  const { alerts } = Payload.parse(JSON.parse(body));
  return onArrival(channelTestNonce(alerts[0]?.labels['alertname'] ?? '') ?? '');
}

beforeAll(async () => {
  webhook = await startHttpServer({ handle: arrive });
  signoz = await startSignoz({
    channels: [
      { name: 'awoooi', webhook_configs: [{ url: `${webhook.url}/api/v1/webhooks/signoz` }] },
      { name: 'elsewhere', webhook_configs: [{ url: 'http://hooks.example/x' }] },
    ],
  });
});
beforeEach(() => {
  world = hopWorld({ publicUrl: webhook.url });
  Object.assign(world.env, { SECRET_SIGNOZ_URL: signoz.url, SECRET_SIGNOZ_APIKEY: signoz.editorKey });
  onArrival = async nonce => {
    await world.ports.drills.recordReturn({ nonce, returnedAt: new Date(), via: 'signoz' }, never);
    return { status: 200 };
  };
});
afterEach(async () => {
  signoz.mend();
  await world.close();
});
afterAll(() => Promise.all([signoz.stop(), webhook.stop()]));

const defaultSignoz = (namespace: string) => (namespace === 'monitoring' ? { url: signoz.url, apiKey: signoz.editorKey } : undefined);

interface Try {
  readonly channel?: string;
  readonly latencyBudget?: string;
  readonly ports?: Partial<HopPorts>;
  readonly secretRef?: { readonly name: string } | undefined;
  readonly timeoutMs?: number;
}

function attemptIt({ channel = 'awoooi', latencyBudget = '10s', ports = {}, timeoutMs = 20_000, ...own }: Try = {}) {
  const secretRef = 'secretRef' in own ? own.secretRef : { name: 'signoz' };
  const hop = { type: 'SignozCanary', latencyBudget, signoz: { channel, ...(secretRef && { secretRef }) } };
  return tryHop(signozCanary, { ...world, ports: { ...world.ports, ...ports } }, { hop, timeoutMs });
}

it('passes when the test of the channel comes back to our webhook', async () => {
  expect(await attemptIt()).toMatchObject({ result: 'Passed', latencyMs: expect.any(Number) });
});

it('uses the operator’s own connection where the hop names none', async () => {
  expect(await attemptIt({ secretRef: undefined, ports: { defaultSignoz } })).toMatchObject({ result: 'Passed' });
});

describe('fails with', () => {
  it('ChannelNotFound, and which there are', async () => {
    const result = await attemptIt({ channel: 'awoooi2' });
    expect(result).toMatchObject({ result: 'Failed', cause: 'ChannelNotFound', message: expect.stringContaining('awoooi, elsewhere') });
  });

  it('ReceiverRefused, when our own server refused it by its nonce', async () => {
    onArrival = async nonce => {
      await world.ports.drills.recordRefusal({ at: new Date(), route: 'signoz', status: 400, reason: 'no alert', nonces: [nonce] }, never);
      return { status: 400 };
    };
    const result = await attemptIt();
    expect(result).toMatchObject({
      result: 'Failed',
      cause: 'ReceiverRefused',
      statusCode: 400,
      message: expect.stringContaining('no alert'),
    });
  });

  it('ReceiverRefused, when our own server refused it unread', async () => {
    onArrival = async () => {
      await world.ports.drills.recordRefusal({ at: new Date(), route: 'signoz', status: 401, reason: 'wrong token', nonces: [] }, never);
      return { status: 401 };
    };
    expect(await attemptIt()).toMatchObject({ cause: 'ReceiverRefused', statusCode: 401 });
  });

  it('ReceiverRefused, whatever clock the replica has that refused it', async () => {
    onArrival = async nonce => {
      const at = new Date(Date.now() - 3_600_000);
      await world.ports.drills.recordRefusal({ at, route: 'signoz', status: 400, reason: 'no alert', nonces: [nonce] }, never);
      return { status: 400 };
    };
    expect(await attemptIt()).toMatchObject({ cause: 'ReceiverRefused', statusCode: 400 });
  });

  it('ReceiverRefused, when it was refused unread by a replica whose clock is some seconds behind', async () => {
    onArrival = async () => {
      const at = new Date(Date.now() - 5_000);
      await world.ports.drills.recordRefusal({ at, route: 'signoz', status: 413, reason: 'too large', nonces: [] }, never);
      return { status: 413 };
    };
    expect(await attemptIt()).toMatchObject({ cause: 'ReceiverRefused', statusCode: 413 });
  });

  it('SendFailed, when what we refused were other alerts of SigNoz', async () => {
    onArrival = async () => {
      const refusal = { at: new Date(), route: 'signoz', status: 401, reason: 'wrong token', nonces: [], bodyRead: true };
      await world.ports.drills.recordRefusal(refusal, never);
      return { status: 418 };
    };
    expect(await attemptIt()).toMatchObject({ cause: 'SendFailed' });
  });

  it('ReceiverUnavailable, when our store was away', async () => {
    onArrival = async nonce => {
      await world.ports.drills.recordRefusal({ at: new Date(), route: 'signoz', status: 503, reason: 'Redis', nonces: [nonce] }, never);
      return { status: 503 };
    };
    expect(await attemptIt()).toMatchObject({ cause: 'ReceiverUnavailable', statusCode: 503 });
  });

  it('SendFailed, when SigNoz could not deliver and we know nothing of it', async () => {
    onArrival = () => ({ status: 418 });
    expect(await attemptIt()).toMatchObject({ result: 'Failed', cause: 'SendFailed', message: expect.stringContaining('awoooi') });
  });

  it('NotReturned, when something else answers in our place', async () => {
    onArrival = () => ({ status: 200 });
    expect(await attemptIt({ latencyBudget: '50ms' })).toMatchObject({ result: 'Failed', cause: 'NotReturned' });
  });

  it('DeliveredLate, when it comes after its budget', async () => {
    signoz.breakWith({ is: 'slow', delayMs: 200 }, ({ path }) => path === '/api/v1/channels/test');
    const result = await attemptIt({ latencyBudget: '100ms' });
    expect(result).toMatchObject({ result: 'Failed', cause: 'DeliveredLate', latencyMs: expect.any(Number) });
  });

  it.each([
    ['Unauthorized', 'wrong-key-wrong-key'],
    ['Unauthorized', 'x'],
  ])('%s, for the key %s', async (cause, key) => {
    world.env['SECRET_SIGNOZ_APIKEY'] = key;
    const result = await attemptIt();
    expect(result).toMatchObject({ result: 'Failed', cause });
  });

  it('Redirected, when SigNoz redirects', async () => {
    signoz.breakWith({ is: 'answer', reply: { status: 301, headers: { location: '/login' } } });
    expect(await attemptIt()).toMatchObject({ result: 'Failed', cause: 'Redirected' });
  });

  it('TimedOut, when SigNoz hangs', async () => {
    signoz.breakWith({ is: 'hang' });
    expect(await attemptIt({ timeoutMs: 300 })).toMatchObject({ result: 'Failed', cause: 'TimedOut' });
  });
});

describe('is not tried, and nothing is sent,', () => {
  it('into a channel that is not ours', async () => {
    const before = signoz.requests.filter(({ method }) => method === 'POST').length;
    const result = await attemptIt({ channel: 'elsewhere' });
    expect(result).toMatchObject({ result: 'Unknown', cause: 'ChannelNotOurs', message: expect.stringContaining('hooks.example') });
    expect(signoz.requests.filter(({ method }) => method === 'POST').length).toBe(before);
  });

  it('without our own address', async () => {
    const { publicUrl: _, ...ports } = world.ports;
    const result = await tryHop(signozCanary, { ...world, ports: { ...ports, publicUrl: undefined } }, { hop: hopOf('awoooi') });
    expect(result).toMatchObject({ result: 'Unknown', cause: 'NotConfigured', message: expect.stringContaining('AWOOOI_PUBLIC_URL') });
  });

  it('where the namespace may not use the operator’s connection', async () => {
    const result = await attemptIt({ secretRef: undefined, ports: { defaultSignoz: () => undefined } });
    expect(result).toMatchObject({ result: 'Unknown', cause: 'NotConfigured' });
  });

  it.each([
    ['SecretNotFound', { name: 'nowhere' }],
    ['SecretKeyNotFound', { name: 'half' }],
  ])('when the answer is %s', async (cause, secretRef) => {
    world.env['SECRET_HALF_URL'] = signoz.url;
    expect(await attemptIt({ secretRef })).toMatchObject({ result: 'Unknown', cause });
  });

  it('while the store is away', async () => {
    const before = signoz.requests.length;
    expect(await attemptIt({ ports: { drills: drillsAway() } })).toMatchObject({ result: 'Unknown', cause: 'StoreUnavailable' });
    expect(signoz.requests.length).toBe(before);
  });
});

function hopOf(channel: string): Readonly<Record<string, unknown>> {
  return { type: 'SignozCanary', signoz: { channel, secretRef: { name: 'signoz' } } };
}
