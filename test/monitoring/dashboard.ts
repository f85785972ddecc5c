import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Root } from '../parts/installed.ts';

const FILE = join(Root, 'charts/awoooi-operator/files/dashboard.json');

const Datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const Place = z.strictObject({ h: z.int().min(1), w: z.int().min(1).max(24), x: z.int().min(0).max(23), y: z.int().min(0) });
const Target = z.looseObject({
  refId: z.string(),
  datasource: Datasource,
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
  instant: z.boolean(),
  range: z.boolean(),
});
const Panel = z.looseObject({
  id: z.int().min(1),
  type: z.enum(['timeseries', 'stat', 'state-timeline']),
  title: z.string().min(3),
  description: z.string().min(10),
  datasource: Datasource,
  gridPos: Place,
  fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.string().min(1) }) }),
  targets: z.array(Target).min(1),
});
const Row = z.looseObject({ id: z.int().min(1), type: z.literal('row'), title: z.string().min(3), gridPos: Place });
const Dashboard = z.looseObject({
  id: z.null(),
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int().min(36),
  panels: z.array(z.discriminatedUnion('type', [Panel, Row])),
  templating: z.strictObject({ list: z.array(z.looseObject({ name: z.string(), type: z.string(), query: z.unknown() })) }),
});
export type Panel = z.infer<typeof Panel>;

/** The dashboard, held to what Grafana makes of one: every panel has a title, a unit, a description and the datasource of the variable. */
export function dashboard(): z.infer<typeof Dashboard> {
  return Dashboard.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

export function panels(): readonly Panel[] {
  return dashboard().panels.filter(panel => panel.type !== 'row');
}

export function dashboardQueries(): readonly { readonly panel: string; readonly expr: string }[] {
  return panels().flatMap(({ title, targets }) => targets.map(({ expr }) => ({ panel: title, expr })));
}

/** A query as Grafana sends it: all namespaces, all probes, and a rate over some scrapes. */
export function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$namespace', '.*').replaceAll('$probe', '.*');
}

export function metricNamesIn(text: string): string[] {
  return text.match(/\b(?:awoooi|http|workqueue|process)_[a-z_]+(?=\b)/g)?.filter(name => !name.endsWith('_')) ?? [];
}

const LabelValues = z.looseObject({ name: z.string(), definition: z.string() });

/** The variables whose values come from a label of a metric. */
export function variables(): { name: string; metric: string }[] {
  const queried = dashboard().templating.list.filter(({ type }) => type === 'query');
  return queried.map(variable => {
    const { name, definition } = LabelValues.parse(variable);
    const [, metric = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
    if (label !== name) throw new Error(`${name} is not filled by a label of its name: ${definition}`);
    return { name, metric: filledIn(metric) };
  });
}
