import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigMaps, configMaps } from '../../test/parts/configmap-trial.ts';
import { type ControlPlane, startControlPlane } from '../../test/parts/control-plane.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { type ApiFaultProxy, apiFaultProxy, type Seen } from '../../test/servers/api-fault-proxy.ts';
import { faultProxy } from '../../test/servers/fault-proxy.ts';
import { fixedCredentials, inClusterCredentials } from './credentials.ts';
import { isRawObject } from './object.ts';
import type { Priority } from './ready-keys.ts';
import { kubeClient } from './transport.ts';

/** How long after a fault ends the cache may differ from what the API server holds. */
const CAUGHT_UP_MS = 15_000;

let plane: ControlPlane;
let maps: ConfigMaps;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane.stop());
beforeEach(async () => {
  maps = await configMaps(plane);
});
afterEach(async () => {
  await maps.stop();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const isWatch = ({ query, path }: Seen): boolean => path.endsWith('/configmaps') && query.get('watch') === 'true';
const isList = ({ query, path }: Seen): boolean => path.endsWith('/configmaps') && !query.has('watch');
const status = (code: number, reason: string): Record<string, unknown> => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message: 'injected',
});

describe('with an API server that misbehaves', () => {
  let proxy: ApiFaultProxy;

  beforeAll(async () => {
    const ca = readFileSync(plane.caFile, 'utf8');
    const key = readFileSync(join(dirname(plane.caFile), 'apiserver.key'), 'utf8');
    proxy = await apiFaultProxy({ target: plane.url, ca, tls: { key, cert: ca } });
  });
  afterEach(() => proxy.heal());
  afterAll(() => proxy.stop());

  it('lists again until it works when lists are answered 500', async () => {
    proxy.inject({ matches: isList, times: 2, fault: { is: 'answer', status: 500, body: status(500, 'InternalError') } });
    const following = maps.follow({ server: proxy.url });
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(following.failures).toEqual(['InternalError', 'InternalError']);
  });

  it('waits as long as Retry-After asks', async () => {
    const calls: number[] = [];
    proxy.inject({
      matches: seen => isList(seen) && calls.push(performance.now()) === 1,
      fault: { is: 'answer', status: 429, headers: { 'retry-after': '2' }, body: status(429, 'TooManyRequests') },
    });
    const following = maps.follow({ server: proxy.url });
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect((calls[1] ?? 0) - (calls[0] ?? 0)).toBeGreaterThanOrEqual(1_990);
    expect(following.failures).toEqual(['TooManyRequests']);
  });

  it('waits longer after each failure', async () => {
    const calls: number[] = [];
    const fault = { is: 'answer', status: 500, body: status(500, 'InternalError') } as const;
    proxy.inject({ matches: seen => isList(seen) && calls.push(performance.now()) <= 3, fault });
    expect(await maps.isFollowed(maps.follow({ server: proxy.url }), CAUGHT_UP_MS)).toBe(true);
    const waits = calls.slice(1, 4).map((at, index) => at - (calls[index] ?? 0));
    // 250, 500 and 1000 ms, each less the 20 % that they are spread by.
    expect(waits.map((wait, index) => wait >= 190 * 2 ** index)).toEqual([true, true, true]);
  });

  it.each([
    ['answered 410 at its start', { is: 'answer', status: 410, body: status(410, 'Expired') }],
    ['told 410 in the stream, which then closes', { is: 'event', event: { type: 'ERROR', object: status(410, 'Expired') }, close: true }],
    ['told 410 in the stream, which stays open', { is: 'event', event: { type: 'ERROR', object: status(410, 'Expired') }, close: false }],
  ] as const)('lists again within 15 s when a watch is %s, and ranks what it finds changed as changes', async (_, fault) => {
    proxy.inject({ matches: isWatch, times: 1, fault });
    const following = maps.follow({ server: proxy.url });
    const levels: Priority[] = [];
    following.store.subscribe((_key, priority) => levels.push(priority));
    await following.reflector.synced;
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(following.failures).toEqual(['Expired']);
    expect(following.counts.lists).toBe(2);
    expect(levels).toEqual(['low', 'low', 'low', 'normal', 'normal', 'normal']);
  });

  it('resumes where it was when the stream carries another error', async () => {
    proxy.inject({
      matches: isWatch,
      times: 1,
      fault: { is: 'event', event: { type: 'ERROR', object: status(500, 'InternalError') }, close: false },
    });
    const following = maps.follow({ server: proxy.url });
    await following.reflector.synced;
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(following.failures).toEqual(['InternalError']);
    expect(following.counts.lists).toBe(1);
  });

  it('asks for bookmarks, and resumes where the last one was', async () => {
    const from = proxy.seen.length;
    const watches = () => proxy.seen.slice(from).filter(isWatch);
    const following = maps.follow({ server: proxy.url });
    await following.reflector.synced;
    await eventually(() => watches().length === 1);
    const { body } = await plane.request(`/api/v1/namespaces/${maps.namespace}/secrets`, {
      method: 'POST',
      body: { metadata: { name: 'unrelated' } },
    });
    if (!isRawObject(body)) throw new Error('the API server created nothing');
    const { resourceVersion } = body.metadata;
    const bookmark = { type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion } } };
    // Met by the watch that follows when the first has been silent for too long.
    proxy.inject({ matches: isWatch, times: 1, fault: { is: 'event', event: bookmark, close: true } });
    await eventually(() => watches().length >= 3);
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(new Set(watches().map(({ query }) => query.get('allowWatchBookmarks')))).toEqual(new Set(['true']));
    expect(watches()[2]?.query.get('resourceVersion')).toBe(resourceVersion);
    expect(following.counts.lists).toBe(1);
  });

  it('says when it was last heard of: also at each start of a watch without events, and not while it is refused', async () => {
    const following = maps.follow({ server: proxy.url });
    await following.reflector.synced;
    const heard = (): number => following.reflector.lastActivity ?? 0;
    const [listed, { watches }] = [heard(), following.counts];
    // A watch is silent here, and given up for it, long before the first bookmark.
    await eventually(() => following.counts.watches > watches + 1 && heard() > listed, { withinMs: CAUGHT_UP_MS });
    proxy.inject({ matches: () => true, fault: { is: 'answer', status: 403, body: status(403, 'Forbidden') } });
    await eventually(() => following.failures.includes('Forbidden'), { withinMs: CAUGHT_UP_MS });
    const before = heard();
    await eventually(() => following.failures.filter(reason => reason === 'Forbidden').length > 3, { withinMs: CAUGHT_UP_MS });
    expect(heard()).toBe(before);
  });

  it('waits as long as Retry-After asks before it watches again, and limits how long a watch lasts', async () => {
    const calls: number[] = [];
    const from = proxy.seen.length;
    proxy.inject({
      matches: seen => isWatch(seen) && calls.push(performance.now()) === 1,
      fault: { is: 'answer', status: 429, headers: { 'retry-after': '3' }, body: status(429, 'TooManyRequests') },
    });
    const following = maps.follow({ server: proxy.url });
    await eventually(() => calls.length >= 2, { withinMs: CAUGHT_UP_MS });
    expect((calls[1] ?? 0) - (calls[0] ?? 0)).toBeGreaterThanOrEqual(2_990);
    expect(following.failures).toEqual(['TooManyRequests']);
    const limits = proxy.seen.slice(from).flatMap(seen => (isWatch(seen) ? [Number(seen.query.get('timeoutSeconds'))] : []));
    expect(limits.map(seconds => seconds >= 300 && seconds < 600)).toEqual(limits.map(() => true));
  });

  it('takes the failure after a watch that lasted for a first one', async () => {
    proxy.inject({ matches: isWatch, times: 4, fault: { is: 'reset' } });
    let aheadMs = 0;
    const following = maps.follow({ server: proxy.url, monotonic: () => performance.now() + aheadMs });
    await eventually(() => following.counts.watches === 5, { withinMs: CAUGHT_UP_MS });
    aheadMs = 5_000;
    // It is silent, and given up for that.
    await eventually(() => following.failures.includes('Timeout'), { withinMs: CAUGHT_UP_MS });
    const ended = performance.now();
    await eventually(() => following.counts.watches === 6, { withinMs: CAUGHT_UP_MS });
    // 250 ms, and not the 4 s that follow a fifth failure in a row.
    expect(performance.now() - ended).toBeLessThan(2_000);
  });

  it('comes back soon after a watch that brought something, however short it was', async () => {
    proxy.inject({ matches: isWatch, times: 5, fault: { is: 'reset' } });
    const bookmark = { type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: {} } };
    proxy.inject({ matches: isWatch, times: 1, fault: { is: 'event', event: bookmark, close: true } });
    const following = maps.follow({ server: proxy.url });
    await eventually(() => following.counts.watches === 6, { withinMs: 2 * CAUGHT_UP_MS });
    const brought = performance.now();
    await eventually(() => following.counts.watches === 7, { withinMs: CAUGHT_UP_MS });
    // At most 1.2 s, and not the 8 s that follow a sixth failure in a row.
    expect(performance.now() - brought).toBeLessThan(5_000);
  });

  it('reads a collection in pages', async () => {
    const from = proxy.seen.length;
    const names = Array.from({ length: 60 }, (_, n) => `page-${n}`);
    await Promise.all(names.map(name => maps.write(name, 'here')));
    const following = maps.follow({ server: proxy.url });
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(following.store.size).toBe(names.length + 3);
    const pages = proxy.seen.slice(from).filter(isList);
    expect(pages.map(({ query }) => query.has('continue'))).toEqual([false, true]);
  });

  it('lists again when its resourceVersion is refused over and over', async () => {
    proxy.inject({ matches: isWatch, times: 3, fault: { is: 'answer', status: 504, body: status(504, 'Timeout') } });
    const following = maps.follow({ server: proxy.url });
    await eventually(() => following.counts.lists === 2, { withinMs: CAUGHT_UP_MS });
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
  });

  it('cannot hide that a request was carried out though its answer was lost', async () => {
    proxy.inject({ matches: ({ method }) => method === 'POST', times: 1, fault: { is: 'drop-answer' } });
    const credentials = fixedCredentials({ server: proxy.url, token: plane.adminToken, tls: { ca: readFileSync(plane.caFile, 'utf8') } });
    const client = kubeClient({ credentials, userAgent: 'test' });
    const body = { metadata: { name: 'unanswered', labels: { trial: 'yes' } } };
    const asked = { method: 'POST', path: `/api/v1/namespaces/${maps.namespace}/configmaps`, body } as const;
    await expect(client.request(asked)).rejects.toMatchObject({ status: undefined, reason: 'Unreachable' });
    await expect(client.request(asked)).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' });
    await client.close();
  });

  it('is late, not wrong, when events are held up', async () => {
    const gate: { open?: () => void } = {};
    const until = new Promise<void>(resolve => {
      gate.open = resolve;
    });
    proxy.inject({ matches: isWatch, times: 1, fault: { is: 'hold', until } });
    const following = maps.follow({ server: proxy.url });
    await following.reflector.synced;
    await maps.changeEverything();
    gate.open?.();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
  });
});

describe('across a change of the API server or of the credentials', () => {
  it('catches up within 30 s after the API server was killed with -9 and is back', async () => {
    const following = maps.follow();
    await following.reflector.synced;
    await plane.apiServer.kill9();
    await eventually(() => following.failures.length > 0);
    await plane.apiServer.restart();
    await maps.changeEverything();
    expect(await maps.isFollowed(following, 30_000)).toBe(true);
  });

  it('goes on within 15 s after an expired token was replaced in its file', async () => {
    const folder = runFolder('token');
    cleanups.push(async () => removeFolder(folder));
    const proxy = await faultProxy({ host: '127.0.0.1', port: plane.port });
    cleanups.push(() => proxy.stop());
    const { namespace } = maps;
    await allowConfigMaps(namespace);
    const tokenFile = join(folder, 'token');
    const minted = (expiresInSeconds: number): Promise<string> => plane.serviceAccountToken(namespace, 'follower', { expiresInSeconds });
    // The API server allows a minute of leeway, so this one is good for some ten seconds more.
    const shortLived = await minted(-50);
    writeFileSync(tokenFile, shortLived);
    const credentials = inClusterCredentials({
      host: '127.0.0.1',
      port: String(proxy.port),
      tokenFile,
      caFile: plane.caFile,
      // Only the 401 can make it look again.
      rereadMs: 3_600_000,
    });
    const following = maps.follow({ credentials });
    await following.reflector.synced;
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await eventually(async () => (await plane.request(path, { token: shortLived })).status === 401, { withinMs: 45_000, everyMs: 500 });
    // A watch outlives its token; the next one is refused.
    proxy.reset();
    await eventually(() => following.failures.includes('Unauthorized'));
    await maps.changeEverything();
    writeFileSync(tokenFile, `${await minted(3_600)}\n`);
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
  });
});

async function allowConfigMaps(namespace: string): Promise<void> {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'follower' };
  const subjects = [{ kind: 'ServiceAccount', name: 'follower', namespace }];
  const metadata = { name: 'follower' };
  expect((await plane.request(`${rbac}/roles`, { method: 'POST', body: { metadata, rules } })).status).toBe(201);
  expect((await plane.request(`${rbac}/rolebindings`, { method: 'POST', body: { metadata, roleRef, subjects } })).status).toBe(201);
}
