import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { CHART, helm } from '../parts/helm.ts';
import { promtoolComplaint } from '../parts/prometheus.ts';
import { ALERTS_FILE } from './rule-pack.ts';

const Labels = z.record(z.string(), z.string());
const Rendered = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().exactOptional(),
    labels: Labels.default({}),
    annotations: Labels.default({}),
  }),
});
const Service = Rendered.extend({ spec: z.looseObject({ ports: z.array(z.looseObject({ name: z.string(), port: z.int() })) }) });
const Monitor = Rendered.extend({
  spec: z.looseObject({
    selector: z.strictObject({ matchLabels: Labels }),
    namespaceSelector: z.strictObject({ matchNames: z.array(z.string()) }),
    endpoints: z.array(z.looseObject({ port: z.string(), honorLabels: z.boolean(), interval: z.string() })).length(1),
  }),
});
const Rule = Rendered.extend({
  spec: z.strictObject({ groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ labels: Labels })) })) }),
});
const ConfigMap = Rendered.extend({ data: Labels });

const WITH_CRDS = ['ServiceMonitor', 'PrometheusRule'].flatMap(kind => ['--api-versions', `monitoring.coreos.com/v1/${kind}`]);

async function rendered(...args: readonly string[]): Promise<z.infer<typeof Rendered>[]> {
  const text = await helm(['template', 'awoooi', CHART, '-n', 'awoooi-system', ...args]);
  return parseAllDocuments(text).flatMap(document => (document.toJS() === null ? [] : [Rendered.parse(document.toJS())]));
}

function only(objects: readonly z.infer<typeof Rendered>[], kind: string, suffix = ''): unknown {
  const found = objects.filter(object => object.kind === kind && object.metadata.name.endsWith(suffix));
  expect(found).toHaveLength(1);
  return found[0];
}

describe('the chart, where the Prometheus Operator is', () => {
  let objects: z.infer<typeof Rendered>[];
  beforeAll(async () => {
    const set = [
      'monitoring.serviceMonitor.labels.release=stack',
      'monitoring.serviceMonitor.interval=15s',
      'monitoring.prometheusRule.labels.release=stack',
      'monitoring.prometheusRule.alertLabels.team=platform',
      'monitoring.dashboard.folder=Alerting',
      'monitoring.dashboard.annotations.owner=platform',
    ];
    objects = await rendered(...WITH_CRDS, '--set', set.join());
  });

  it('has every replica scraped by the port of its own Service, with the labels as the operator writes them', () => {
    const { metadata, spec } = Monitor.parse(only(objects, 'ServiceMonitor'));
    expect(metadata.labels).toMatchObject({ release: 'stack', 'app.kubernetes.io/name': 'awoooi-operator' });
    expect(spec.endpoints[0]).toMatchObject({ port: 'ops', path: '/metrics', honorLabels: true, interval: '15s', scrapeTimeout: '10s' });
    const selected = objects.filter(
      ({ kind, metadata: { labels } }) =>
        kind === 'Service' && Object.entries(spec.selector.matchLabels).every(([name, value]) => labels[name] === value),
    );
    expect(selected.map(service => Service.parse(service).spec.ports)).toEqual([[expect.objectContaining({ name: 'ops', port: 8081 })]]);
    expect(spec.namespaceSelector.matchNames).toEqual([selected[0]?.metadata.namespace]);
  });

  it('has the alerts word for word, templates included, with the labels that were asked for', () => {
    const { metadata, spec } = Rule.parse(only(objects, 'PrometheusRule'));
    expect(metadata.labels).toMatchObject({ release: 'stack' });
    expect(promtoolComplaint(JSON.stringify(spec))).toBeUndefined();
    const groups = spec.groups.map(group => ({
      ...group,
      rules: group.rules.map(({ labels: { team, ...labels }, ...rule }) => {
        expect(team).toBe('platform');
        return { ...rule, labels };
      }),
    }));
    expect({ groups }).toEqual(parse(readFileSync(ALERTS_FILE, 'utf8')));
  });

  it('has what the pages name: the Service of the metrics, the Deployment and the Redis', () => {
    const named = objects.map(
      ({ kind, metadata: { name, namespace, labels } }) => `${kind} ${namespace}/${name} ${labels['app.kubernetes.io/component']}`,
    );
    expect(named).toEqual(
      expect.arrayContaining([
        'Service awoooi-system/awoooi-operator-metrics metrics',
        expect.stringMatching(/^Service awoooi-system\/awoooi-operator operator$/),
        expect.stringMatching(/^Deployment awoooi-system\/awoooi-operator /),
        'StatefulSet awoooi-system/awoooi-operator-redis redis',
      ]),
    );
  });

  it('has the dashboard word for word, where the sidecar of Grafana finds it', () => {
    const { metadata, data } = ConfigMap.parse(only(objects, 'ConfigMap', '-dashboard'));
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(metadata.annotations).toEqual({ grafana_folder: 'Alerting', owner: 'platform' });
    const shipped: unknown = JSON.parse(readFileSync(join(CHART, 'files/dashboard.json'), 'utf8'));
    expect(Object.values(data).map(text => JSON.parse(text))).toEqual([shipped]);
  });
});

const kindsOf = (objects: readonly z.infer<typeof Rendered>[]): string[] =>
  objects
    .map(({ kind, metadata: { name } }) => (name.endsWith('-dashboard') ? 'Dashboard' : kind))
    .filter(kind => /Monitor$|PrometheusRule|Dashboard/.test(kind));

it('leaves out what the cluster has no kind for, and says nothing', async () => {
  expect(kindsOf(await rendered())).toEqual(['Dashboard']);
});

it.each(['serviceMonitor', 'prometheusRule', 'dashboard'])('leaves out %s where it is turned off', async name => {
  const kinds = kindsOf(await rendered(...WITH_CRDS, '--set', `monitoring.${name}.enabled=false`));
  expect(kinds.map(kind => kind.toLowerCase()).toSorted()).toEqual(
    ['dashboard', 'prometheusrule', 'servicemonitor'].filter(kind => kind !== name.toLowerCase()),
  );
});
