import { describe, expect, it } from 'vitest';
import { CHART, helm } from '../parts/helm.ts';
import { podsOf } from './pods.ts';
import { KubeObject, refusal, rendered } from './rendered.ts';
import { MONITORING } from './rows.ts';

/** Each value that adds labels. */
const ADDING = [
  'commonLabels',
  'podLabels',
  'redis.podLabels',
  'monitoring.serviceMonitor.labels',
  'monitoring.prometheusRule.labels',
  'monitoring.dashboard.labels',
];

const inside = (path: string, labels: object): Record<string, unknown> =>
  path.split('.').reduceRight<Record<string, unknown>>((inner, name) => ({ [name]: inner }), { ...labels });

describe('labels that people add', () => {
  it.each(ADDING)('by %s are none of those that the chart sets itself', async path => {
    const said = await refusal({ values: inside(path, { 'app.kubernetes.io/component': 'x' }), apiVersions: MONITORING });
    expect(said).toContain(`${path} has app.kubernetes.io/component, which the chart itself sets`);
  });

  it('to single objects count before those of all', async () => {
    const values = {
      commonLabels: { release: 'all', team: 'sre' },
      podLabels: { release: 'pod' },
      redis: { podLabels: { release: 'redis' } },
      monitoring: {
        serviceMonitor: { labels: { release: 'monitor' } },
        prometheusRule: { labels: { release: 'rule' } },
        dashboard: { labels: { release: 'dashboard' }, folder: 'Alerts', annotations: { grafana_folder: 'other' } },
      },
      podAnnotations: { 'checksum/redis': 'x', a: 'b' },
    };
    // A key that stands twice is no valid YAML: the parser of these tests refuses it, as kustomize does after Helm.
    const chart = await rendered({ name: 'labels', values, apiVersions: MONITORING });
    const labels = [
      ...podsOf(chart).map(({ kind, labels: { release } }) => [kind, release]),
      ...['ServiceMonitor', 'PrometheusRule'].flatMap(kind =>
        chart.all(kind, KubeObject).map(({ metadata }) => [kind, metadata.labels['release']]),
      ),
      ['ConfigMap', chart.one('ConfigMap', 'awoooi-operator-dashboard', KubeObject).metadata.labels['release']],
    ];
    expect(Object.fromEntries(labels)).toEqual({
      Deployment: 'pod',
      StatefulSet: 'redis',
      Pod: 'all',
      ServiceMonitor: 'monitor',
      PrometheusRule: 'rule',
      ConfigMap: 'dashboard',
    });
  });
});

describe('a name that no Service can have', () => {
  it.each(['42', 'my.release'])('such as that of a release %s is refused, with the value that gives another', async release => {
    await expect(helm(['template', release, CHART])).rejects.toThrow(/is no name for a Service.*Set fullnameOverride/);
  });
});
