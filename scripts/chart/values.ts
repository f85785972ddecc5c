import { z } from 'zod';
import { Credentials, Settings } from './operator-settings.ts';
import { Monitoring } from './monitoring-values.ts';
import { Redis } from './redis-values.ts';
import { Labels, on, text, off, Objects, Resources, Words } from './value-shapes.ts';

const Image = z
  .strictObject({
    repository: text('ghcr.io/awoooi/awoooi-operator', 'Registry and name of the image.'),
    tag: text('', 'Tag of the image. Empty: the version of the chart.'),
    digest: text('', 'sha256:… of the image, besides the tag: what runs is then exactly that.'),
    pullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']).default('IfNotPresent').describe('When a node fetches the image.'),
    pullSecrets: z
      .array(z.strictObject({ name: z.string() }))
      .default([])
      .describe('Secrets for the registry, as `{name: …}`.'),
  })
  .describe('The image of the operator.');

const Repair = z
  .strictObject({
    execution: off('Whether approved repairs are carried out at all (AWOOOI_REPAIR_EXECUTION).'),
    namespaces: Words(
      'Namespaces in which the operator may repair: it gets rights there, and nowhere else. Each has to bear the label awoooi.io/repair=enabled besides.',
    ),
  })
  .describe('Repairs are off until both the switch is on and a namespace is named.');

const OtherOperator = z.strictObject({
  namespace: z.string().min(1).describe('Namespace of its release.'),
  serviceAccount: z.string().min(1).describe('The ServiceAccount that it runs as.'),
});

const AdmissionPolicy = z
  .strictObject({
    install: on(
      'The two ValidatingAdmissionPolicies: who approved a repair is proven by the API server, and only the operator writes status.',
    ),
    otherOperators: z
      .array(OtherOperator)
      .default([])
      .describe('Operators of other releases in this cluster, which may write status as well: {namespace: …, serviceAccount: …}.'),
  })
  .describe('What the API server itself checks of repairs. One release of a cluster installs it.');

const Crds = z
  .strictObject({
    install: on('The four kinds, upgraded with the chart.'),
    keep: on('They stay when the release is uninstalled, and so does every object of them. With false all of these are deleted with it.'),
  })
  .describe('The CustomResourceDefinitions. One release of a cluster installs them.');

const Rbac = z
  .strictObject({
    install: on('What the operator may do. With false somebody else gives it the rights of config/rbac.'),
    approverRole: on('The ClusterRole awoooi-repair-approver, for people to bind. One release of a cluster installs it.'),
  })
  .describe('What the operator may do in the cluster, and who approves repairs.');

const ServiceAccount = z
  .strictObject({
    create: on('Whether the ServiceAccount is made.'),
    name: text('', 'Name of the ServiceAccount. Empty: that of the Deployment.'),
    annotations: Labels('Annotations of the ServiceAccount: for workload identity, for example.'),
  })
  .describe('Whom the operator runs as.');

const Service = z
  .strictObject({
    type: z
      .enum(['ClusterIP', 'NodePort', 'LoadBalancer'])
      .default('ClusterIP')
      .describe('Type of the Service. ClusterIP is enough for senders in the cluster.'),
    port: z.int().min(1).max(65535).default(8000).describe('Port of the API and the webhooks. Metrics have a Service of their own.'),
    annotations: Labels('Annotations of the Service: for load balancers, for example.'),
  })
  .describe('Where senders reach the API.');

const Ingress = z
  .strictObject({
    enabled: off('An Ingress for the API alone: no way leads from it to metrics.'),
    className: text('', 'IngressClass. Empty: the default of the cluster.'),
    host: text('', 'The name under which others reach it, for example awoooi.example.com.'),
    path: text('/api', 'Paths that begin so are let through. /api/v1/webhooks is enough for senders outside.'),
    annotations: Labels('Annotations of the Ingress, for its controller.'),
    tls: Objects('Certificates, as in an Ingress: { secretName: …, hosts: […] }.'),
  })
  .describe('For senders outside of the cluster: Sentry, Telegram, SigNoz in the cloud.');

const HttpRoute = z
  .strictObject({
    enabled: off('An HTTPRoute for the API alone; left out without an error where the cluster does not have the Gateway API.'),
    parentRefs: Objects('Gateways that it joins, as in an HTTPRoute: { name: …, namespace: … }.'),
    hostnames: Words('Names under which others reach it.'),
    path: text('/api', 'Paths that begin so are let through.'),
  })
  .describe('In place of an Ingress, with the Gateway API.');

const NetworkPolicy = z
  .strictObject({
    enabled: off('A NetworkPolicy for the operator. Kubelets reach its probes in any case.'),
    apiFrom: Objects(
      'Who reaches the API, as in a NetworkPolicy, besides helm test: Alertmanager, Prometheus, the Ingress controller. Empty: everybody.',
    ),
    metricsFrom: Objects('Who reaches the metrics, as in a NetworkPolicy. Empty: the pods of all namespaces.'),
  })
  .describe('Who may reach the operator.');

const Alertmanager = z
  .strictObject({
    urls: Words('Your Alertmanagers (AWOOOI_ALERTMANAGER_URLS), for example http://alertmanager-operated.monitoring.svc:9093.'),
    receiver: text('awoooi', 'The receiver there that posts to the operator (AWOOOI_ALERTMANAGER_RECEIVER).'),
  })
  .describe('The Alertmanagers that send to the operator.');

const Examples = z
  .strictObject({
    enabled: off('A first AlertChainProbe on the Alertmanagers above: a canary, and the Watchdog.'),
  })
  .describe('Something to begin with.');

const Pdb = z
  .strictObject({
    enabled: on('Left out by itself with one replica: it could never be drained.'),
    maxUnavailable: z.int().min(1).default(1).describe('How many may be away at once by choice.'),
  })
  .describe('How many replicas the draining of nodes may take away at once.');

const CaBundle = z
  .strictObject({
    configMap: text('', 'ConfigMap with the certificates, in the namespace of the release.'),
    key: text('ca.crt', 'Key in that ConfigMap.'),
  })
  .describe('Authorities that the operator trusts besides the public ones (NODE_EXTRA_CA_CERTS): a Redis or a SigNoz of yours.');

const DEFAULT_RESOURCES = { requests: { cpu: '50m', memory: '160Mi' }, limits: { memory: '512Mi' } };

/** Every value of the chart with its default and what it does: values.yaml and values.schema.json are written from here. */
export const ChartValues = z.strictObject({
  nameOverride: text('', 'Stands in names in place of awoooi-operator.'),
  fullnameOverride: text('', 'The whole name of what is made. Default: awoooi-operator in a release named awoooi.'),
  commonLabels: Labels('Labels added to every object.'),
  image: Image.prefault({}),
  replicas: z
    .int()
    .min(1)
    .default(2)
    .describe('How many pods of the operator run. One of them leads; all of them take alerts in and tell of them.'),
  namespaces: Words(
    'Namespaces whose objects are looked after, with rights in these alone. Empty: all namespaces, with rights in the whole cluster.',
  ),
  publicUrl: text('', 'Where others reach the API (AWOOOI_PUBLIC_URL): with an Ingress, its URL. Empty: the Service within the cluster.'),
  settings: Settings.default({}).describe(
    'Every other variable of docs/configuration.md that is no credential, by its name. All of them are text: write numbers in quotes.',
  ),
  existingSecret: text(
    '',
    'Secret with the keys AWOOOI_WEBHOOK_TOKENS and AWOOOI_API_TOKENS (name:token); `helm test` shows its keys AWOOOI_WEBHOOK_TOKEN and AWOOOI_API_TOKEN. Empty: the chart makes one, and keeps it over upgrades.',
  ),
  secretsBy: z
    .enum(['Hook', 'Resource'])
    .default('Hook')
    .describe(
      'How the Secrets are made whose content the chart makes up. Hook: a rollback leaves in them what people rotated to. Resource: as ordinary objects, for Argo CD with ignoreDifferences (docs/gitops.md).',
    ),
  credentials: Credentials.default({}).describe(
    'Credentials in Secrets of yours, by variable: SENTRY_API_TOKEN: { secret: sentry-api-token } takes the key SENTRY_API_TOKEN of that Secret.',
  ),
  caBundle: CaBundle.prefault({}),
  alertmanager: Alertmanager.prefault({}),
  repair: Repair.prefault({}),
  redis: Redis.prefault({}),
  crds: Crds.prefault({}),
  rbac: Rbac.prefault({}),
  admissionPolicy: AdmissionPolicy.prefault({}),
  serviceAccount: ServiceAccount.prefault({}),
  service: Service.prefault({}),
  ingress: Ingress.prefault({}),
  httpRoute: HttpRoute.prefault({}),
  networkPolicy: NetworkPolicy.prefault({}),
  monitoring: Monitoring.prefault({}),
  examples: Examples.prefault({}),
  podDisruptionBudget: Pdb.prefault({}),
  resources: Resources('What a pod of the operator asks for and may take.').default(DEFAULT_RESOURCES),
  terminationGracePeriodSeconds: z
    .int()
    .min(15)
    .default(45)
    .describe('How long a pod may take to stop: runs of probes take back what they asked for, for up to ten seconds.'),
  podLabels: Labels('Labels added to the pods of the operator.'),
  podAnnotations: Labels('Annotations added to the pods of the operator.'),
  nodeSelector: Labels('Labels of the nodes that the pods of the operator may run on.'),
  tolerations: Objects('Taints that the pods of the operator put up with, as in a pod.'),
  affinity: z.looseObject({}).default({}).describe('Nodes and neighbours that the pods of the operator want or avoid, as in a pod.'),
  topologySpreadConstraints: Objects('As in a pod, each with its labelSelector. Empty: the replicas are spread over nodes and zones.'),
  priorityClassName: text('', 'PriorityClass of the pods. What watches others should outlive them: system-cluster-critical, for example.'),
});
