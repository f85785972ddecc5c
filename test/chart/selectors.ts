import { z } from 'zod';
import { ownSelectors, podsOf, type PodOf } from './pods.ts';
import { KubeObject, type Rendered } from './rendered.ts';

const Labels = z.record(z.string(), z.string());
const Service = KubeObject.extend({
  spec: z.looseObject({ selector: Labels, ports: z.array(z.looseObject({ name: z.string(), targetPort: z.string() })) }),
});
const Budget = KubeObject.extend({ spec: z.looseObject({ selector: z.strictObject({ matchLabels: Labels }) }) });
const Policy = KubeObject.extend({
  spec: z.looseObject({
    podSelector: z.strictObject({ matchLabels: Labels }),
    ingress: z
      .array(z.looseObject({ from: z.array(z.looseObject({ podSelector: z.object({ matchLabels: Labels }).optional() })).default([]) }))
      .default([]),
  }),
});

/** Whose selector selects which pods: `Service/x` to `Deployment/y, …`. */
export function selections(chart: Rendered): Readonly<Record<string, string>> {
  const pods = podsOf(chart);
  const selectors: [string, Readonly<Record<string, string>>][] = [
    ...chart
      .all('Service', Service)
      .map(({ metadata, spec }): [string, Record<string, string>] => [`Service/${metadata.name}`, spec.selector]),
    ...chart
      .all('PodDisruptionBudget', Budget)
      .map(({ metadata, spec }): [string, Record<string, string>] => [`PodDisruptionBudget/${metadata.name}`, spec.selector.matchLabels]),
    ...chart
      .all('NetworkPolicy', Policy)
      .map(({ metadata, spec }): [string, Record<string, string>] => [`NetworkPolicy/${metadata.name}`, spec.podSelector.matchLabels]),
    ...pods.flatMap(({ kind, name, spec }) =>
      spec.topologySpreadConstraints.map(({ topologyKey, labelSelector }): [string, Record<string, string>] => [
        `${kind}/${name} spread over ${topologyKey}`,
        labelSelector.matchLabels ?? {},
      ]),
    ),
    ...ownSelectors(chart).map(({ kind, name, selector }): [string, Record<string, string>] => [`${kind}/${name}`, selector]),
  ];
  return Object.fromEntries(selectors.map(([of, labels]) => [of, selected(pods, labels).join(', ')]));
}

/** The ports of Services that no container of the pods behind them has. */
export function deafPorts(chart: Rendered): readonly string[] {
  return chart.all('Service', Service).flatMap(({ metadata: { name }, spec }) => {
    const behind = podsOf(chart).filter(({ labels }) => matches(labels, spec.selector));
    const heard = new Set(behind.flatMap(pod => pod.spec.containers).flatMap(({ ports }) => ports.map(port => port.name)));
    return spec.ports.filter(({ targetPort }) => !heard.has(targetPort)).map(port => `Service/${name}: ${port.targetPort}`);
  });
}

/** Which pods a NetworkPolicy lets in by their labels. */
export function letIn(chart: Rendered, name: string): readonly string[] {
  const { spec } = chart.one('NetworkPolicy', name, Policy);
  const from = spec.ingress.flatMap(rule => rule.from);
  return from.flatMap(({ podSelector }) => (podSelector === undefined ? [] : selected(podsOf(chart), podSelector.matchLabels)));
}

const selected = (pods: readonly PodOf[], labels: Readonly<Record<string, string>>): string[] =>
  pods.filter(pod => matches(pod.labels, labels)).map(({ kind, name }) => `${kind}/${name}`);

const matches = (labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
