import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyKey, tellingLabels } from './anomaly-key.ts';

const BASE = { alertname: 'PodCrashLooping', cluster: 'prod', namespace: 'shop', deployment: 'api' };
const key = (over: Record<string, string | undefined> = {}): string => {
  const labels = Object.entries({ ...BASE, ...over }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return anomalyKey('alertmanager', Object.fromEntries(labels));
};

it('is the version and 16 hex digits of SHA-256 over the parts', () => {
  // printf '%s' '["alertmanager","PodCrashLooping","prod","shop","deployment","api"]' | sha256sum
  expect(key()).toBe('v1-0d851203c1a863a9');
});

describe('the same trouble', () => {
  it.each([
    ['another pod', { pod: 'api-7d9f-x2x' }],
    ['another instance', { instance: '10.0.0.7:8080' }],
    ['another replica hash', { 'pod-template-hash': '7d9f', replicaset: 'api-7d9f' }],
    ['another severity', { severity: 'critical' }],
    ['OpenTelemetry’s names beside', { 'k8s.pod.name': 'api-1', 'k8s.replicaset.name': 'api-7d9f' }],
    ['a workload that comes later in the order', { statefulset: 'db', daemonset: 'log', service: 'web' }],
    ['an empty workload before it', { deployment: undefined, 'k8s.deployment.name': 'api' }],
    ['the namespace as SigNoz spells it', { namespace: undefined, 'k8s.namespace.name': 'shop' }],
    ['the namespace with lines for dots', { namespace: '', k8s_namespace_name: 'shop' }],
    ['the cluster as SigNoz spells it', { cluster: undefined, 'k8s.cluster.name': 'prod' }],
  ])('%s', (_, over) => {
    expect(key(over)).toBe(key());
  });

  it('whatever is among the other labels, in any order', () => {
    const other = fc.string().filter(name => !/^(alertname|cluster|namespace|deployment|statefulset|daemonset|service)$/.test(name));
    fc.assert(
      fc.property(fc.array(fc.tuple(other, fc.string())), fc.boolean(), (more, reversed) => {
        const entries = [...more, ...Object.entries(BASE)];
        expect(anomalyKey('alertmanager', Object.fromEntries(reversed ? entries.toReversed() : entries))).toBe(key());
      }),
    );
  });
});

describe('another trouble', () => {
  it.each([
    ['another name', { alertname: 'PodCrashLoopin' }],
    ['another cluster', { cluster: 'stage' }],
    ['no cluster', { cluster: undefined }],
    ['another namespace', { namespace: 'web' }],
    ['another deployment', { deployment: 'worker' }],
    ['a statefulset of the same name', { deployment: undefined, statefulset: 'api' }],
    ['a daemonset', { deployment: '', daemonset: 'api' }],
    ['a service', { deployment: undefined, service: 'api' }],
    ['no workload', { deployment: undefined }],
  ])('%s', (_, over) => {
    expect(key(over)).not.toBe(key());
  });

  it('another source', () => {
    expect(anomalyKey('signoz', BASE)).not.toBe(key());
  });

  it('parts that only read alike when they are joined', () => {
    const part = fc.string({ minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.tuple(part, part), fc.tuple(part, part), ([a, b], [c, d]) => {
        const one = anomalyKey('alertmanager', { alertname: a, namespace: b });
        const other = anomalyKey('alertmanager', { alertname: c, namespace: d });
        expect(one === other).toBe(a === c && b === d);
      }),
    );
    expect(key({ namespace: 'shop","deployment' })).not.toBe(key());
  });
});

const matches = (matchers: Record<string, string>, of: Record<string, string>): boolean =>
  Object.entries(matchers).every(([label, value]) => (of[label] ?? '') === value);

describe('the labels that tell an anomaly from others', () => {
  const CLUSTERLESS = { cluster: '', 'k8s.cluster.name': '', k8s_cluster_name: '' };

  it.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'are name, cluster, namespace and workload, and nothing that changes with each pod',
      { ...BASE, pod: 'api-1', instance: '10.0.0.1:80', severity: 'critical', service: 'web' },
      BASE,
    ],
    [
      'are spelled as the alert spells them, behind those that would count before',
      { alertname: 'Down', k8s_namespace_name: 'shop', k8s_deployment_name: 'cart' },
      {
        alertname: 'Down',
        ...CLUSTERLESS,
        namespace: '',
        'k8s.namespace.name': '',
        k8s_namespace_name: 'shop',
        deployment: '',
        'k8s.deployment.name': '',
        k8s_deployment_name: 'cart',
      },
    ],
    [
      'of a later kind of workload say that there is none of an earlier',
      { alertname: 'Down', cluster: 'c', namespace: 'n', deployment: '', statefulset: 'db' },
      {
        alertname: 'Down',
        cluster: 'c',
        namespace: 'n',
        deployment: '',
        'k8s.deployment.name': '',
        k8s_deployment_name: '',
        statefulset: 'db',
      },
    ],
  ])('%s', (_, labels, expected) => {
    expect(tellingLabels(labels)).toEqual(expected);
  });

  it('say that there is no workload where there is none', () => {
    const workloads = Object.entries(tellingLabels({ alertname: 'Down', namespace: 'shop' })).slice(5);
    expect(workloads.map(([name]) => name).filter(name => /deployment|statefulset|daemonset|service/.test(name))).toHaveLength(12);
    expect(workloads.every(([, value]) => value === '')).toBe(true);
  });

  it('are matched by no alert of another anomaly, and by the alert itself', () => {
    const name = fc.constantFrom('alertname', 'namespace', 'k8s_namespace_name', 'deployment', 'service', 'service.name', 'pod');
    const labels = fc.dictionary(name, fc.constantFrom('a', 'b', ''), { maxKeys: 6 });
    fc.assert(
      fc.property(labels, labels, (one, other) => {
        expect(matches(tellingLabels(one), one)).toBe(true);
        const isSame = anomalyKey('alertmanager', other) === anomalyKey('alertmanager', one);
        expect(isSame || !matches(tellingLabels(one), other)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
