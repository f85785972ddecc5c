import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { podsOf } from './pods.ts';
import { KubeObject, refusal, type Rendered, rendered } from './rendered.ts';
import { MONITORING, rowOf } from './rows.ts';

const Deployment = KubeObject.extend({ spec: z.looseObject({ replicas: z.int(), strategy: z.unknown() }) });
const Budget = KubeObject.extend({ spec: z.looseObject({ maxUnavailable: z.int(), unhealthyPodEvictionPolicy: z.string() }) });
const Probe = KubeObject.extend({
  spec: z.looseObject({ suspend: z.boolean(), hops: z.array(z.looseObject({ type: z.string(), alertmanager: z.unknown().optional() })) }),
});

/** Everything that Helm would take for one and the same: kind, namespace and name. */
const places = (chart: Rendered): string[] =>
  chart.objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'} ${metadata.name}`);

const long = (end: string) => rendered({ name: 'long', release: `${'r'.repeat(52)}${end}`, values: { crds: { install: false } } });

const named = async (row: { release?: string; values?: Record<string, unknown> }): Promise<readonly string[]> =>
  (await rendered({ name: 'named', ...row })).names('Deployment');

const policy = (chart: Rendered): (string | undefined)[] =>
  chart.all('CustomResourceDefinition', KubeObject).map(({ metadata }) => metadata.annotations['helm.sh/resource-policy']);

const figures = async (name: string) => {
  const chart = await rendered(rowOf(name));
  return {
    replicas: chart.one('Deployment', 'awoooi-operator', Deployment).spec.replicas,
    budgets: chart.all('PodDisruptionBudget', Budget).map(({ spec }) => spec.maxUnavailable),
  };
};

const ops = (path: string) => ({ path, port: 'ops' });

describe('releases of the chart', () => {
  it('of one name in two namespaces share nothing', async () => {
    const shared = { namespaces: ['shop'], repair: { execution: true, namespaces: ['shop'] } };
    const first = await rendered({ name: 'the first', values: shared });
    const second = await rendered(rowOf('a second release of the name'));
    expect(places(second).filter(place => places(first).includes(place))).toEqual([]);
    expect(second.names('ClusterRole', 'ClusterRoleBinding')).toEqual([
      'ClusterRole/awoooi-operator.team-b',
      'ClusterRoleBinding/awoooi-operator.team-b',
    ]);
    expect(second.names('CustomResourceDefinition', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding')).toEqual([]);
  });

  it('of names that are cut after the same letters share nothing', async () => {
    const [a, b] = [await long('a'), await long('b')];
    const once = /awoooi-repair-|default default/;
    expect(places(b).filter(place => places(a).includes(place) && !once.test(place))).toEqual([]);
  });

  it('are called by the release and the chart, or as one likes', async () => {
    expect(await named({ release: 'awoooi' })).toEqual(['Deployment/awoooi-operator']);
    expect(await named({ release: 'awoooi-operator' })).toEqual(['Deployment/awoooi-operator']);
    expect(await named({ release: 'other' })).toEqual(['Deployment/other-awoooi-operator']);
    expect(await named({ release: 'awoo' })).toEqual(['Deployment/awoo-awoooi-operator']);
    expect(await named({ release: 'other', values: { nameOverride: 'alerts' } })).toEqual(['Deployment/other-alerts']);
    expect(await named({ values: { fullnameOverride: 'alerts', nameOverride: 'unused' } })).toEqual(['Deployment/alerts']);
  });

  it('bring the kinds, which stay with all objects unless one says otherwise', async () => {
    const kinds = ['alertchainprobes', 'repairplaybooks', 'repairruns', 'signozalertrules'].map(
      plural => `CustomResourceDefinition/${plural}.awoooi.io`,
    );
    const kept = await rendered(rowOf('the defaults'));
    const gone = await rendered({ name: 'not kept', values: { crds: { keep: false } } });
    expect(kept.names('CustomResourceDefinition').toSorted()).toEqual(kinds);
    expect(policy(kept)).toEqual(['keep', 'keep', 'keep', 'keep']);
    expect(gone.names('CustomResourceDefinition').toSorted()).toEqual(kinds);
    expect(policy(gone)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('have as many replicas as one likes, and a budget where one can be spared', async () => {
    expect(await figures('the defaults')).toEqual({ replicas: 2, budgets: [1] });
    expect(await figures('one replica')).toEqual({ replicas: 1, budgets: [] });
    expect(await figures('three replicas')).toEqual({ replicas: 3, budgets: [2] });
  });

  it('begin with a probe where one asks for it: a canary to the Alertmanagers, and the Watchdog', async () => {
    const chart = await rendered(rowOf('where the Prometheus operator is'));
    const [made, last] = chart.all('AlertChainProbe', Probe).toSorted((a, b) => Number(a.spec.suspend) - Number(b.spec.suspend));
    expect(made?.metadata.annotations['helm.sh/hook']).toBe('post-install,post-upgrade,post-rollback');
    expect(made?.spec.hops).toMatchObject([
      {
        type: 'AlertmanagerCanary',
        alertmanager: { urls: ['http://am-0.example.com:9093', 'http://am-1.example.com:9093'], receiver: 'awoooi' },
      },
      { type: 'Watchdog' },
    ]);
    expect(last?.metadata.annotations).toMatchObject({
      'helm.sh/hook': 'pre-delete',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
    expect((await rendered(rowOf('the defaults'))).names('AlertChainProbe')).toEqual([]);
    expect(await refusal({ values: { examples: { enabled: true } }, apiVersions: MONITORING })).toContain(
      'examples.enabled needs alertmanager.urls',
    );
  });

  it('are called to a stop in order: senders are led elsewhere first, and the kubelet waits', async () => {
    const [operator] = podsOf(await rendered(rowOf('the defaults'))).filter(({ kind }) => kind === 'Deployment');
    expect(operator?.spec['terminationGracePeriodSeconds']).toBe(45);
    expect(operator?.spec.containers[0]?.['lifecycle']).toEqual({ preStop: { sleep: { seconds: 5 } } });
    const probes = operator?.spec.containers.map(({ startupProbe, livenessProbe, readinessProbe }) =>
      [startupProbe, livenessProbe, readinessProbe].map(probe => probe?.httpGet),
    );
    expect(probes).toEqual([[ops('/livez'), ops('/livez'), ops('/readyz')]]);
  });
});
