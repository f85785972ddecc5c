import { z } from 'zod';
import { wrongTogether } from '../problems.ts';
import { Milliseconds, NamespaceName, Namespaces, Port } from '../shapes.ts';
import { variable } from '../variable.ts';
import { NAMESPACES } from './wording.ts';
import { Kubeconfig } from './kubeconfig.ts';

const DURATION = 'a duration of a whole number and ms, s or m, such as 15s';

/** Where Kubernetes puts the token and the CA of a pod's ServiceAccount. */
export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster, what of it is looked after, and the lease. */
export const Kubernetes = z
  .object({
    kubeconfig: Kubeconfig,
    serviceHost: variable(
      { env: 'KUBERNETES_SERVICE_HOST', description: 'Address of the API server. Kubernetes sets it in every pod.', expects: 'an address' },
      z.string().optional(),
    ),
    servicePort: variable(
      {
        env: 'KUBERNETES_SERVICE_PORT',
        default: '443',
        description: 'Port of the API server. Kubernetes sets it in every pod.',
        expects: 'a port from 1 to 65535',
      },
      Port.transform(String),
    ),
    serviceAccountDir: variable(
      {
        env: 'AWOOOI_SERVICE_ACCOUNT_DIR',
        default: SERVICE_ACCOUNT_DIR,
        description: 'Folder with the files `token` and `ca.crt` of the ServiceAccount, where no kubeconfig is named.',
        expects: 'the path of a folder',
      },
      z.string(),
    ),
    namespaces: variable(
      { env: 'AWOOOI_NAMESPACES', default: '', description: 'Namespaces whose objects are looked after. Empty: all.', expects: NAMESPACES },
      Namespaces,
    ),
    podNamespace: variable(
      {
        env: 'AWOOOI_POD_NAMESPACE',
        default: 'awoooi-system',
        description: 'Namespace of the operator itself: its lease lies there.',
        expects: 'the name of a namespace',
      },
      NamespaceName,
    ),
    clusterId: variable(
      {
        env: 'AWOOOI_CLUSTER_ID',
        description:
          'Name of this cluster in the markers of alert rules: no two clusters with one SigNoz may share it, and it must not change. Default: the uid of the namespace kube-system.',
        expects: 'a name of letters, digits, - and . that no other cluster has',
      },
      z
        .string()
        .max(63)
        .regex(/^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$/)
        .optional(),
    ),
    identity: variable(
      {
        env: 'AWOOOI_IDENTITY',
        description: 'Name under which this process holds the lease. Default: the host name and a random word.',
        expects: 'a name of at most 253 visible characters that no other replica has',
      },
      z.string().max(253).regex(/^\S+$/).optional(),
    ),
    leaseDurationMs: variable(
      {
        env: 'AWOOOI_LEASE_DURATION',
        default: '15s',
        description: 'How long others wait before they take over a lease.',
        expects: DURATION,
      },
      Milliseconds,
    ),
    renewDeadlineMs: variable(
      {
        env: 'AWOOOI_LEASE_RENEW_DEADLINE',
        default: '10s',
        description: 'How long the leader tries to renew before it gives up.',
        expects: DURATION,
      },
      Milliseconds,
    ),
    retryPeriodMs: variable(
      { env: 'AWOOOI_LEASE_RETRY_PERIOD', default: '2s', description: 'Time between two attempts at the lease.', expects: DURATION },
      Milliseconds,
    ),
  })
  .superRefine(({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }, ctx) => {
    if (renewDeadlineMs >= leaseDurationMs) wrongTogether(ctx, 'renewDeadlineMs', 'must be shorter than AWOOOI_LEASE_DURATION');
    // As client-go: an attempt and its jitter must fit in before the deadline.
    if (retryPeriodMs * 1.2 >= renewDeadlineMs)
      wrongTogether(ctx, 'retryPeriodMs', 'must be shorter than AWOOOI_LEASE_RENEW_DEADLINE, by a fifth of itself');
  })
  .transform(({ serviceHost, servicePort, serviceAccountDir, ...rest }) => ({
    ...rest,
    /** Where the API server is as a pod sees it; undefined outside of a cluster. */
    service: serviceHost === undefined ? undefined : { host: serviceHost, port: servicePort, serviceAccountDir },
  }));
