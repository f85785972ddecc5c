import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { podsOf } from './pods.ts';
import { KubeObject, refusal, type Rendered, rendered } from './rendered.ts';
import { ROWS, rowOf } from './rows.ts';
import { letIn } from './selectors.ts';
import { filesIn, secretsOf, surroundingsOf } from './surroundings-of.ts';

const StatefulSet = KubeObject.extend({
  spec: z.looseObject({
    replicas: z.int(),
    serviceName: z.string(),
    persistentVolumeClaimRetentionPolicy: z.object({ whenDeleted: z.string(), whenScaled: z.string() }).optional(),
    volumeClaimTemplates: z
      .array(z.looseObject({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }), spec: z.unknown() }))
      .default([]),
    template: z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) }),
  }),
});
const ConfigMap = KubeObject.extend({ data: z.object({ 'redis.conf': z.string() }) });

/** As the server understood them. */
const SETTINGS = {
  appendonly: 'yes',
  appendfsync: 'everysec',
  save: '',
  maxmemory: `${384 * 1024 * 1024}`,
  'maxmemory-policy': 'noeviction',
};

const redisUrl = (chart: Rendered): string => surroundingsOf(chart).readFile('/etc/awoooi/credentials/REDIS_URL');

const begun = async (values: object): Promise<unknown> => {
  const [pod] = podsOf(await rendered({ name: 'Redis', values: { ...values } })).filter(({ kind }) => kind === 'StatefulSet');
  expect(pod?.labels).not.toHaveProperty('helm.sh/chart');
  expect(pod?.labels).not.toHaveProperty('app.kubernetes.io/version');
  return pod?.annotations;
};

describe('the Redis that the chart brings', () => {
  let chart: Rendered;
  let password: string;
  let part: Part | undefined;
  beforeAll(async () => {
    chart = await rendered(rowOf('the defaults'));
    password = secretsOf(chart).get('awoooi-operator-redis')?.['REDIS_PASSWORD'] ?? '';
  });
  afterAll(() => part?.stop());

  it('has a volume that outlives the release, a Service that the operator is led to, and a door for the operator alone', () => {
    const { spec } = chart.one('StatefulSet', 'awoooi-operator-redis', StatefulSet);
    expect(spec).toMatchObject({ replicas: 1, serviceName: 'awoooi-operator-redis' });
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    // They can never be changed: nothing in them may follow the version.
    expect(spec.volumeClaimTemplates).toMatchObject([{ spec: { resources: { requests: { storage: '2Gi' } } } }]);
    expect(Object.keys(spec.volumeClaimTemplates[0]?.metadata.labels ?? {})).toEqual([
      'app.kubernetes.io/name',
      'app.kubernetes.io/instance',
    ]);
    expect(password).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(redisUrl(chart)).toBe(`redis://:${password}@awoooi-operator-redis.awoooi-system.svc:6379/0`);
    expect(letIn(chart, 'awoooi-operator-redis')).toEqual(['Deployment/awoooi-operator']);
  });

  it('runs with its configuration, keeps what it is told, is bounded, and demands its password', async () => {
    const { data } = chart.one('ConfigMap', 'awoooi-operator-redis', ConfigMap);
    const pod = podsOf(chart).find(({ kind }) => kind === 'StatefulSet');
    if (pod === undefined) throw new Error('no pod of Redis');
    const files = filesIn(pod, secretsOf(chart));
    expect([...files.keys()]).toEqual(['/etc/redis/secret/password.conf']);
    expect(pod.spec.containers[0]?.command).toEqual(['redis-server', '/etc/redis/conf/redis.conf']);

    const secret = { 'password.conf': files.get('/etc/redis/secret/password.conf') ?? '' };
    part = await startRedis({ configuration: { text: data['redis.conf'], files: { '/etc/redis/secret': secret } } });
    const stranger = new Redis({ port: part.port }).on('error', () => {});
    const operator = new Redis({ port: part.port, password });
    try {
      await expect(stranger.get('x')).rejects.toThrow(/NOAUTH/);
      for (const [name, value] of Object.entries(SETTINGS)) expect(await operator.config('GET', name)).toEqual([name, value]);
    } finally {
      stranger.disconnect();
      operator.disconnect();
    }
  });

  it('starts anew for a configuration of its own, and not for another version or the rest of the release', async () => {
    const before = await begun({});
    expect(await begun({ image: { tag: 'next' }, replicas: 3, namespaces: ['shop'] })).toEqual(before);
    expect(await begun({ redis: { maxMemory: '1gb' } })).not.toEqual(before);
  });

  it('takes its Secret from people, and can do without a volume and without a policy', async () => {
    const given = await rendered(rowOf('examples/values/gitops.yaml'));
    expect(given.names('Secret')).toEqual([]);
    expect(redisUrl(given)).toContain('redis-password-0123');
    const [pod] = podsOf(given).filter(({ kind }) => kind === 'StatefulSet');
    expect(pod?.spec.containers[0]?.env).toEqual([
      { name: 'REDISCLI_AUTH', valueFrom: { secretKeyRef: { name: 'awoooi-own-redis', key: 'REDIS_PASSWORD' } } },
    ]);

    const bare = await rendered({ name: 'bare', values: { redis: { persistence: { enabled: false }, networkPolicy: false } } });
    const { spec } = bare.one('StatefulSet', 'awoooi-operator-redis', StatefulSet);
    expect(spec.volumeClaimTemplates).toEqual([]);
    expect(spec.persistentVolumeClaimRetentionPolicy).toBeUndefined();
    expect(podsOf(bare).flatMap(({ spec: { volumes } }) => volumes)).toContainEqual({ name: 'data', emptyDir: {} });
    expect(bare.names('NetworkPolicy')).toEqual([]);
  });
});

describe('a Redis of one’s own', () => {
  const EXTERNAL = ROWS.filter(({ values }) => JSON.stringify(values)?.includes('external'));

  it.each(EXTERNAL)('in place of the chart’s: $name', async row => {
    const chart = await rendered(row);
    expect(chart.names('StatefulSet', 'NetworkPolicy')).toEqual([]);
    expect(chart.names('ConfigMap')).not.toContain('ConfigMap/awoooi-operator-redis');
    expect(chart.names('Service')).toEqual(['Service/awoooi-operator', 'Service/awoooi-operator-metrics']);
    const { external } = z.object({ external: z.object({ url: z.string() }) }).parse(row.values?.['redis']);
    expect(redisUrl(chart)).toBe(external.url);
    expect(JSON.stringify(chart.objects.filter(({ kind }) => kind !== 'Secret'))).not.toContain('redis.example.com');
  });

  it('with an authority of one’s own', async () => {
    const chart = await rendered(rowOf('Redis with TLS and an authority of one’s own'));
    const [pod] = podsOf(chart).filter(({ kind }) => kind === 'Deployment');
    expect(surroundingsOf(chart).env['NODE_EXTRA_CA_CERTS']).toBe('/etc/awoooi/ca/roots.pem');
    expect(pod?.spec.containers[0]?.volumeMounts).toContainEqual({ name: 'ca', mountPath: '/etc/awoooi/ca', readOnly: true });
    expect(pod?.spec.volumes).toContainEqual({ name: 'ca', configMap: { name: 'company-ca' } });
  });

  it('by the URL in a Secret of one’s own, also beside a URL in the values', async () => {
    const row = rowOf('REDIS_URL in a Secret of one’s own');
    for (const redis of [{}, { enabled: false }, { external: { url: 'redis://forgotten' } }]) {
      const chart = await rendered({ ...row, values: { ...row.values, redis } });
      expect(chart.names('StatefulSet')).toEqual([]);
      expect(chart.names('Secret')).toEqual(['Secret/awoooi-operator-credentials']);
      expect(redisUrl(chart)).toBe('redis+sentinel://:password@s-0.example.com/mymaster');
    }
  });

  it('is missed with a sentence', async () => {
    expect(await refusal({ values: { redis: { enabled: false } } })).toContain(
      'the operator needs a Redis: set redis.enabled=true for the one of the chart, or redis.external.url or credentials.REDIS_URL for yours',
    );
  });
});
