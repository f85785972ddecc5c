import { z } from 'zod';
import { Labels, on, text } from './value-shapes.ts';

const ServiceMonitor = z
  .strictObject({
    enabled: on('Has Prometheus scrape every replica.'),
    interval: text('30s', 'How often Prometheus asks for metrics.'),
    scrapeTimeout: text('10s', 'How long a scrape may take.'),
    labels: Labels('What your Prometheus selects by: release: kube-prometheus-stack, for example.'),
  })
  .describe('ServiceMonitor of the Prometheus operator.');

const PrometheusRule = z
  .strictObject({
    enabled: on('The alerts of docs/monitoring.md.'),
    labels: Labels('What your Prometheus selects by.'),
    alertLabels: Labels('Added to every alert, for its way to a receiver that does not depend on the chain it watches.'),
  })
  .describe('PrometheusRule of the Prometheus operator.');

const Dashboard = z
  .strictObject({
    enabled: on('A ConfigMap that the sidecar of Grafana loads.'),
    labels: z.record(z.string(), z.string()).default({ grafana_dashboard: '1' }).describe('What the sidecar selects by.'),
    annotations: Labels('For the sidecar.'),
    folder: text('', 'Folder in Grafana, by the annotation grafana_folder.'),
  })
  .describe('Dashboard of Grafana.');

/** How the operator itself is watched. */
export const Monitoring = z
  .strictObject({
    serviceMonitor: ServiceMonitor.prefault({}),
    prometheusRule: PrometheusRule.prefault({}),
    dashboard: Dashboard.prefault({}),
  })
  .describe('Each is left out without an error where the cluster does not have its kind.');
