import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HttpServer, type Reply, startHttpServer } from '../../../test/servers/http-server.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesClusterSurvey } from './cluster-survey.ts';

/** An API server that answers as a real one never would while a test waits for it. */
let server: HttpServer;
let client: ReturnType<typeof kubeClient>;
let replies: Reply[];

beforeEach(async () => {
  replies = [];
  server = await startHttpServer({ handle: () => replies.shift() ?? { status: 200, body: '' } });
  client = kubeClient({ credentials: fixedCredentials({ server: server.url, token: 'abc' }), userAgent: 'awoooi/test' });
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

const survey = () => kubernetesClusterSurvey(client, { mostCharacters: 5_000, logBytes: 1_000, callMs: 400 });
const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const PAGE = { namespace: 'a', pod: 'p', port: 8081, path: '/readyz' } as const;
const LOG = { namespace: 'a', pod: 'p', container: 'c', previous: false, sinceSeconds: 3600 };
const object = (name: string) => ({ metadata: { name, resourceVersion: '1', managedFields: ['x'.repeat(9_000)], note: 'n'.repeat(300) } });

const page = (names: readonly string[], next: string): Reply => ({
  status: 200,
  body: { metadata: { resourceVersion: '1', continue: next }, items: names.map(object) },
});

it('does not wait for a pod that never answers', async () => {
  server.breakWith({ is: 'hang' });
  await expect(survey().page(PAGE, signal())).rejects.toThrow(PortError);
  await expect(survey().version(signal())).rejects.toThrow('had no answer before its deadline');
});

it('keeps the end of a log that is longer than one would keep', async () => {
  replies.push({ status: 200, body: `${'x'.repeat(5_000)}end` });
  const { text, droppedBytes } = await survey().log(LOG, signal());
  expect([text.length, droppedBytes, text.endsWith('xend')]).toEqual([1_000, 4_003, true]);
  expect(server.requests[0]?.path).toBe('/api/v1/namespaces/a/pods/p/log');
  expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({ container: 'c', sinceSeconds: '3600', tailLines: '20000' });
});

it('asks for a log of before without a time, for it may have ended long ago', async () => {
  await survey().log({ ...LOG, previous: true }, signal());
  expect(server.requests[0]?.query.get('previous')).toBe('true');
  expect(server.requests[0]?.query.has('sinceSeconds')).toBe(false);
});

it('takes what a replica says that is not ready, and not what the API server says of one that it cannot reach', async () => {
  replies.push({ status: 503, body: { status: 'failed' } });
  expect((await survey().page(PAGE, signal())).text).toBe('{"status":"failed"}');
  expect(server.requests[0]?.path).toBe('/api/v1/namespaces/a/pods/p:8081/proxy/readyz');
  replies.push({ status: 503, body: { kind: 'Status', reason: 'ServiceUnavailable', message: 'no route to host' } });
  await expect(survey().page(PAGE, signal())).rejects.toThrow('no route to host');
});

it('reads page after page, and stops where it would be too much', async () => {
  replies.push(page(['a', 'b'], 'more'), page(['c'], ''));
  const whole = await survey().list('repairruns', {}, signal());
  expect([whole.items.length, whole.complete]).toEqual([3, true]);
  expect(JSON.stringify(whole)).not.toContain('managedFields');
  replies.push(
    page(
      Array.from({ length: 30 }, (_, n) => `n${n}`),
      'more',
    ),
  );
  const part = await survey().list('repairruns', { namespace: 'a', labelSelector: 'x=y' }, signal());
  expect(part.complete).toBe(false);
  expect(part.items.length).toBeGreaterThan(5);
  expect(server.requests).toHaveLength(3);
  expect(server.requests[2]?.path).toBe('/apis/awoooi.io/v1alpha1/namespaces/a/repairruns');
});

it.each([
  [403, 'forbidden'],
  [401, 'unauthorized'],
])('says of %s that it is %s', async (status, fault) => {
  replies.push({ status, body: { kind: 'Status', reason: 'x', message: 'no' } });
  await expect(survey().list('pods', { namespace: 'a' }, signal())).rejects.toMatchObject({ fault });
});
