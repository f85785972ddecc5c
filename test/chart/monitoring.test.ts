import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KubeObject, rendered } from './rendered.ts';
import { MONITORING, rowOf } from './rows.ts';

const Labels = z.record(z.string(), z.string());
const ServiceMonitor = KubeObject.extend({
  spec: z.looseObject({
    selector: z.object({ matchLabels: Labels }),
    namespaceSelector: z.object({ matchNames: z.array(z.string()) }),
    endpoints: z.array(z.looseObject({ port: z.string(), path: z.string(), interval: z.string(), scrapeTimeout: z.string() })),
  }),
});
const PrometheusRule = KubeObject.extend({
  spec: z.object({ groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ labels: Labels })).min(1) })).min(1) }),
});
const Service = KubeObject.extend({ spec: z.looseObject({ ports: z.array(z.looseObject({ name: z.string() })) }) });
const Dashboard = KubeObject.extend({ data: z.record(z.string(), z.string()) });

const KINDS = ['ServiceMonitor', 'PrometheusRule'];
const OFF = { serviceMonitor: { enabled: false }, prometheusRule: { enabled: false }, dashboard: { enabled: false } };

describe('how the operator is watched', () => {
  it('is left out without an error where the cluster does not know it, or one does not want it', async () => {
    const without = await rendered(rowOf('the defaults'));
    expect(without.names(...KINDS)).toEqual([]);
    const [monitor = '', rule = ''] = MONITORING;
    expect((await rendered({ name: 'monitors', apiVersions: [monitor] })).names(...KINDS)).toEqual(['ServiceMonitor/awoooi-operator']);
    expect((await rendered({ name: 'rules', apiVersions: [rule] })).names(...KINDS)).toEqual(['PrometheusRule/awoooi-operator']);
    const off = await rendered({ name: 'off', values: { monitoring: OFF }, apiVersions: MONITORING });
    expect(off.names(...KINDS)).toEqual([]);
    expect(off.names('ConfigMap')).not.toContain('ConfigMap/awoooi-operator-dashboard');
  });

  it('is a scrape of every replica by the Service of metrics, and of nothing else', async () => {
    const chart = await rendered(rowOf('where the Prometheus operator is'));
    const { spec } = chart.one('ServiceMonitor', 'awoooi-operator', ServiceMonitor);
    const selected = chart
      .all('Service', Service)
      .filter(({ metadata }) => Object.entries(spec.selector.matchLabels).every(([key, value]) => metadata.labels[key] === value));
    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['awoooi-operator-metrics']);
    expect(spec.namespaceSelector.matchNames).toEqual([chart.namespace]);
    expect(spec.endpoints).toMatchObject([{ port: 'ops', path: '/metrics', interval: '30s', scrapeTimeout: '10s' }]);
    expect(selected[0]?.spec.ports.map(({ name }) => name)).toEqual(['ops']);
  });

  it('is found by the Prometheus of kube-prometheus-stack, and its alerts go where one leads them', async () => {
    const chart = await rendered(rowOf('examples/values/production.yaml'));
    const release = { release: 'kube-prometheus-stack' };
    expect(chart.one('ServiceMonitor', 'awoooi-operator', ServiceMonitor).metadata.labels).toMatchObject(release);
    expect(chart.one('PrometheusRule', 'awoooi-operator', PrometheusRule).metadata.labels).toMatchObject(release);

    const alertLabels = { team: 'out-of-band' };
    const led = await rendered({ name: 'led', values: { monitoring: { prometheusRule: { alertLabels } } }, apiVersions: MONITORING });
    const rules = led.one('PrometheusRule', 'awoooi-operator', PrometheusRule).spec.groups.flatMap(group => group.rules);
    expect(rules.filter(({ labels }) => labels['team'] !== alertLabels.team)).toEqual([]);
  });

  it('is shown on a dashboard that Grafana’s sidecar takes', async () => {
    const chart = await rendered({ name: 'folder', values: { monitoring: { dashboard: { folder: 'SRE' } } } });
    const { metadata, data } = chart.one('ConfigMap', 'awoooi-operator-dashboard', Dashboard);
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(metadata.annotations).toMatchObject({ grafana_folder: 'SRE' });
    const [text = ''] = Object.values(data);
    expect(z.object({ title: z.string(), panels: z.array(z.unknown()).min(1) }).safeParse(JSON.parse(text)).success).toBe(true);
  });
});
