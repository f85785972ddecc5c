import { z } from 'zod';
import { Credentials, Settings } from './operator-settings.ts';
import { Monitoring } from './monitoring-values.ts';
import { Redis } from './redis-values.ts';
import { Labels, on, text, off, Objects, Resources, Words } from './value-shapes.ts';

const Image = z
  .strictObject({
    repository: text('ghcr.io/awoooi/awoooi-operator', 'Where the image is.'),
    tag: text('', 'Default: the version of the chart.'),
    digest: text('', 'sha256:… of the image, besides the tag: what runs is then exactly that.'),
    pullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']).default('IfNotPresent').describe('When the node fetches it.'),
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
  .describe('One release of a cluster installs them.');

const Crds = z
  .strictObject({
    install: on('The four kinds, upgraded with the chart.'),
    keep: on('They stay when the release is uninstalled, and so does every object of them. With false all of these are deleted with it.'),
  })
  .describe('The kinds.');

const Rbac = z
  .strictObject({
    install: on('What the operator may do. With false somebody else gives it the rights of config/rbac.'),
    approverRole: on('The ClusterRole awoooi-repair-approver, for people to bind. One release of a cluster installs it.'),
  })
  .describe('Rights.');

const ServiceAccount = z
  .strictObject({
    create: on('Whether the ServiceAccount is made.'),
    name: text('', 'Default: the name of the Deployment.'),
    annotations: Labels('For workload identity, for example.'),
  })
  .describe('Whom the operator runs as.');

const Service = z
  .strictObject({
    type: z
      .enum(['ClusterIP', 'NodePort', 'LoadBalancer'])
      .default('ClusterIP')
      .describe('ClusterIP is enough for senders in the cluster.'),
    port: z.int().min(1).max(65535).default(8000).describe('Port of the API and the webhooks. Metrics have a Service of their own.'),
    annotations: Labels('For load balancers, for example.'),
  })
  .describe('Where senders reach the API.');

const Ingress = z
  .strictObject({
    enabled: off('An Ingress for the API alone: no way leads from it to metrics.'),
    className: text('', 'The class; empty leaves it to the cluster.'),
    host: text('', 'The name under which others reach it, for example awoooi.example.com.'),
    path: text('/api', 'What begins so is let through. /api/v1/webhooks is enough for senders outside.'),
    annotations: Labels('For the controller.'),
    tls: Objects('As in the Ingress: secretName and hosts.'),
  })
  .describe('For senders outside of the cluster: Sentry, Telegram, SigNoz in the cloud.');

const HttpRoute = z
  .strictObject({
    enabled: off('The same with the Gateway API; left out where the cluster does not have it.'),
    parentRefs: Objects('The Gateways, as in the HTTPRoute.'),
    hostnames: Words('Names under which others reach it.'),
    path: text('/api', 'What begins so is let through.'),
  })
  .describe('Instead of the Ingress.');

const NetworkPolicy = z
  .strictObject({
    enabled: off('A NetworkPolicy for the operator: the API from everywhere, metrics only from whom is named.'),
    apiFrom: Objects('Who reaches the API, as in a NetworkPolicy. Empty: everybody.'),
    metricsFrom: Objects('Who reaches the metrics, as in a NetworkPolicy. Empty: pods of every namespace.'),
  })
  .describe('Kubelets reach the probes in any case.');

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
  .describe('PodDisruptionBudget.');

const CaBundle = z
  .strictObject({
    configMap: text('', 'ConfigMap with certificates, in the namespace of the release.'),
    key: text('ca.crt', 'Key in it.'),
  })
  .describe('Authorities that the operator trusts besides the public ones (NODE_EXTRA_CA_CERTS): a Redis or a SigNoz of yours.');

const DEFAULT_RESOURCES = { requests: { cpu: '50m', memory: '160Mi' }, limits: { memory: '512Mi' } };

/** Every value of the chart with its default and what it does: values.yaml and values.schema.json are written from here. */
export const ChartValues = z.strictObject({
  nameOverride: text('', 'In place of awoooi-operator in names.'),
  fullnameOverride: text('', 'The whole name of what is made. Default: awoooi-operator in a release named awoooi.'),
  commonLabels: Labels('Added to everything.'),
  image: Image.prefault({}),
  replicas: z.int().min(1).default(2).describe('One leads; all take alerts in.'),
  namespaces: Words(
    'Namespaces whose objects are looked after, with rights in these alone. Empty: all namespaces, with rights in the whole cluster.',
  ),
  publicUrl: text('', 'Where others reach the API (AWOOOI_PUBLIC_URL). Default: the Service within the cluster.'),
  settings: Settings.default({}).describe(
    'Every other variable of docs/configuration.md that is no credential, by its name. All of them are text: write numbers in quotes.',
  ),
  existingSecret: text(
    '',
    'Secret with the keys AWOOOI_WEBHOOK_TOKENS and AWOOOI_API_TOKENS (name:token); `helm test` shows its keys AWOOOI_WEBHOOK_TOKEN and AWOOOI_API_TOKEN. Empty: the chart makes one, and keeps it over upgrades.',
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
  resources: Resources('Of the operator.').default(DEFAULT_RESOURCES),
  terminationGracePeriodSeconds: z.int().min(15).default(45).describe('Runs of probes take back what they asked for: up to ten seconds.'),
  podLabels: Labels('Added to the pods.'),
  podAnnotations: Labels('Added to the pods.'),
  nodeSelector: Labels('Where the pods run.'),
  tolerations: Objects('As in a pod.'),
  affinity: z.looseObject({}).default({}).describe('As in a pod.'),
  topologySpreadConstraints: Objects('In place of the default, which spreads the replicas over nodes and zones.'),
  priorityClassName: text('', 'Of the pods. What watches others should outlive them: system-cluster-critical, for example.'),
});
