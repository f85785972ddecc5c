import { z } from 'zod';
import { KubeObject, type Rendered } from './rendered.ts';

const Probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }).optional() });
const Amounts = z.record(z.string(), z.union([z.string(), z.number()]));

const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
  securityContext: z.unknown(),
  resources: z.object({ requests: Amounts.optional(), limits: Amounts.optional() }).default({}),
  startupProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
});

const KeyRef = z.object({ key: z.string(), path: z.string() });
const Volume = z.looseObject({
  name: z.string(),
  secret: z.looseObject({ secretName: z.string(), items: z.array(KeyRef) }).optional(),
  configMap: z.looseObject({ name: z.string() }).optional(),
  projected: z.looseObject({ sources: z.array(z.object({ secret: z.object({ name: z.string(), items: z.array(KeyRef) }) })) }).optional(),
});

const PodSpec = z.looseObject({
  automountServiceAccountToken: z.boolean().default(true),
  enableServiceLinks: z.boolean().default(true),
  serviceAccountName: z.string().optional(),
  securityContext: z.unknown(),
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).default([]),
  volumes: z.array(Volume).default([]),
  topologySpreadConstraints: z
    .array(
      z.looseObject({ topologyKey: z.string(), labelSelector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }) }),
    )
    .default([]),
});

const Template = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: PodSpec,
});

const Owner = KubeObject.extend({
  spec: z.looseObject({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }), template: Template }),
});
const Bare = KubeObject.extend({ spec: PodSpec });

/** A pod as its owner would make it. */
export interface PodOf {
  /** Deployment, StatefulSet or Pod. */
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: z.infer<typeof PodSpec>;
}

export function podsOf(chart: Rendered): readonly PodOf[] {
  const owned = ['Deployment', 'StatefulSet'].flatMap(kind =>
    chart.all(kind, Owner).map(({ metadata: { name }, spec: { template } }) => ({ kind, name, ...template.metadata, spec: template.spec })),
  );
  const bare = chart
    .all('Pod', Bare)
    .map(({ metadata: { name, labels, annotations }, spec }) => ({ kind: 'Pod', name, labels, annotations, spec }));
  return [...owned, ...bare];
}

/** The selectors of Deployments and StatefulSets, by name. */
export const ownSelectors = (chart: Rendered) =>
  ['Deployment', 'StatefulSet'].flatMap(kind =>
    chart.all(kind, Owner).map(({ metadata: { name }, spec }) => ({ kind, name, selector: spec.selector.matchLabels })),
  );

const HELD = z.looseObject({
  allowPrivilegeEscalation: z.literal(false),
  readOnlyRootFilesystem: z.literal(true),
  capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
});
const HELD_POD = z.looseObject({
  runAsNonRoot: z.literal(true),
  runAsUser: z.int().min(1),
  runAsGroup: z.int().min(1),
  seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
});

/** What a pod is not held to: nothing, where it passes the Pod Security Standard `restricted` and runs without a file system to write. */
export function freedoms({ kind, name, spec }: PodOf): readonly string[] {
  const said: string[] = [];
  const pod = HELD_POD.safeParse(spec.securityContext);
  if (!pod.success) said.push(`${kind}/${name}: ${z.prettifyError(pod.error)}`);
  for (const container of [...spec.initContainers, ...spec.containers]) {
    const held = HELD.safeParse(container.securityContext);
    if (!held.success) said.push(`${kind}/${name} ${container.name}: ${z.prettifyError(held.error)}`);
    if (container.resources.requests?.['memory'] === undefined || container.resources.limits?.['memory'] === undefined)
      said.push(`${kind}/${name} ${container.name}: no bound on memory`);
  }
  for (const [key, value] of Object.entries(spec)) if (key.startsWith('host') && value === true) said.push(`${kind}/${name}: ${key}`);
  // Only the operator calls the API server.
  if (spec.automountServiceAccountToken !== (kind === 'Deployment')) said.push(`${kind}/${name}: a token that it does not need, or none`);
  if (spec.enableServiceLinks) said.push(`${kind}/${name}: variables of Services`);
  return said;
}

/** Of what runs on and on: the probes that it lacks. */
export function missingProbes({ kind, name, spec }: PodOf): readonly string[] {
  if (kind === 'Pod') return [];
  return spec.containers.flatMap(container =>
    (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).flatMap(probe =>
      container[probe] === undefined ? [`${kind}/${name} ${container.name}: ${probe}`] : [],
    ),
  );
}
