import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hopWorld, type HopWorld, requestFor } from '../../test/chain/world.ts';
import { type HttpServer, startHttpServer } from '../../test/servers/http-server.ts';
import { startTelegram, type Telegram } from '../../test/servers/telegram.ts';
import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import type { Notice } from '../domain/probe/notice.ts';
import { announcer } from './notify.ts';

const KEY = 'd41d8cd98f00b204e980';
const notice: Notice = {
  kind: 'Broken',
  probe: 'monitoring/production',
  since: '2026-03-01T10:00:00Z',
  hop: 'paging',
  cause: 'NotDelivered',
  message: 'Alertmanager could not deliver <it>.',
  mark: 'Broken@x',
};

let server: Telegram;
let hook: HttpServer;
let world: HopWorld;

beforeAll(async () => {
  server = await startTelegram({ chats: [{ id: -100, type: 'supergroup' }] });
  hook = await startHttpServer({ handle: () => ({ status: 204 }) });
  world = hopWorld();
  world.env['SECRET_BOT_TOKEN'] = server.token;
  world.env['SECRET_HOOK_TOKEN'] = 'hook-t0ken';
});
afterEach(async () => {
  hook.mend();
  server.mend();
  await hook.accept();
});
afterAll(async () => {
  await world.close();
  await Promise.all([server.stop(), hook.stop()]);
});

function probe(spec: Readonly<Record<string, unknown>>): AlertChainProbe {
  const metadata = { name: 'production', namespace: 'monitoring', uid: 'u', generation: 1, resourceVersion: '1' };
  const { spec: complete } = requestFor({ hops: [{ name: 'a', type: 'Watchdog', watchdog: {} }], ...spec });
  return { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', metadata, spec: complete };
}

const telegram = () => ({ botToken: { name: 'bot', key: 'token' }, chatId: '-100', apiRoot: server.url });
const webhook = () => ({ url: `${hook.url}/in/${KEY}`, auth: { bearerToken: { name: 'hook', key: 'token' } } });
const announce = (notify: unknown) => announcer(world.ports).announce(probe({ notify }), notice, AbortSignal.timeout(20_000));
const beat = (heartbeat: unknown) => announcer(world.ports).heartbeat(probe({ heartbeat }), AbortSignal.timeout(20_000));

describe('announce', () => {
  it('tells Telegram and the webhook', async () => {
    expect(await announce({ telegram: telegram(), webhook: webhook() })).toEqual({ is: 'sent' });
    expect(server.sent.at(-1)).toMatchObject({ chatId: -100, text: expect.stringContaining('could not deliver <it>.') });
    expect(hook.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer hook-t0ken', 'content-type': 'application/json' });
    expect(JSON.parse(hook.requests.at(-1)?.body ?? '')).toMatchObject({ status: 'broken', hop: 'paging', cause: 'NotDelivered' });
  });

  it('tells Telegram although the webhook is down, and says who was not told', async () => {
    await hook.refuse();
    const before = server.sent.length;
    const answer = await announce({ telegram: telegram(), webhook: webhook() });
    expect(answer).toMatchObject({ is: 'failed', message: expect.stringMatching(/^The webhook: .*refused/) });
    expect(server.sent.length).toBe(before + 1);
    expect(answer).toMatchObject({ told: ['telegram'] });
  });

  it('tells nobody again whom an earlier attempt reached', async () => {
    const before = server.sent.length;
    const calls = hook.requests.length;
    const again = { ...notice, told: ['telegram'] as const };
    const parts = probe({ notify: { telegram: telegram(), webhook: webhook() } });
    expect(await announcer(world.ports).announce(parts, again, AbortSignal.timeout(20_000))).toEqual({ is: 'sent' });
    expect([server.sent.length, hook.requests.length]).toEqual([before, calls + 1]);
  });

  it('forgets none of those it reached, however often the others fail', async () => {
    await hook.refuse();
    const parts = probe({ notify: { telegram: telegram(), webhook: webhook() } });
    const again = { ...notice, told: ['telegram'] as const };
    expect(await announcer(world.ports).announce(parts, again, AbortSignal.timeout(20_000))).toMatchObject({
      is: 'failed',
      told: ['telegram'],
    });
  });

  it('counts an error status of the webhook as not told, and shows neither its token nor its key', async () => {
    hook.breakWith({ is: 'answer', reply: { status: 500, body: `hook-t0ken ${KEY}` } });
    const answer = await announce({ webhook: webhook() });
    expect(answer).toMatchObject({ is: 'failed', message: expect.stringContaining('it answered 500') });
    expect(JSON.stringify(answer)).not.toMatch(/hook-t0ken|d41d8cd98f/);
  });

  it('shows no part of the webhook’s path or query either, however short: any may be its key', async () => {
    hook.breakWith({ is: 'answer', reply: { status: 404, body: 'nothing at /in/s3cr3t-key?k=t0k3n' } });
    const answer = await announce({ webhook: { url: `${hook.url}/in/s3cr3t-key?k=t0k3n` } });
    expect(answer).toMatchObject({ is: 'failed', message: expect.stringContaining('it answered 404: nothing at') });
    expect(JSON.stringify(answer)).not.toMatch(/s3cr3t-key|t0k3n/);
  });

  it('fails without throwing when the token is missing', async () => {
    const answer = await announce({ telegram: { ...telegram(), botToken: { name: 'bot', key: 'other' } } });
    expect(answer).toMatchObject({ is: 'failed', message: expect.stringContaining('SECRET_BOT_OTHER') });
  });

  it('fails without throwing when the chat is unknown', async () => {
    expect(await announce({ telegram: { ...telegram(), chatId: '-1' } })).toMatchObject({ is: 'failed' });
  });
});

describe('heartbeat', () => {
  it('is fetched with GET', async () => {
    expect(await beat({ url: `${hook.url}/ping/${KEY}` })).toEqual({ is: 'sent' });
    expect(hook.requests.at(-1)).toMatchObject({ method: 'GET', path: `/ping/${KEY}` });
  });

  it('is no effort where none is asked for', async () => {
    const before = hook.requests.length;
    expect(await beat(undefined)).toEqual({ is: 'sent' });
    expect(hook.requests.length).toBe(before);
  });

  it('fails without throwing, and without its key, when nobody listens', async () => {
    await hook.refuse();
    const answer = await beat({ url: `${hook.url}/ping/${KEY}` });
    expect(answer).toMatchObject({ is: 'failed' });
    expect(JSON.stringify(answer)).not.toContain(KEY);
  });
});
