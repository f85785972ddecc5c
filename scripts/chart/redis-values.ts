import { z } from 'zod';
import { Labels, on, text, Objects, Resources } from './value-shapes.ts';

const External = z
  .strictObject({
    url: text(
      '',
      'redis://, rediss://, redis+sentinel://…/master or redis+cluster://. With a password in it, better name a Secret in credentials.REDIS_URL.',
    ),
  })
  .describe('A Redis of yours, 6.2 or newer, in place of the one below. It must not evict: maxmemory-policy noeviction.');

const Persistence = z
  .strictObject({
    enabled: on('Without it, what was taken in and not yet told is lost with the pod.'),
    size: text(
      '2Gi',
      'Size of the volume. An incident takes some kB, and what is learned of one anomaly 2.6 kB; two to three times that while the file is rewritten.',
    ),
    storageClassName: text('', 'StorageClass of the volume. Empty: the default of the cluster.'),
    accessModes: z.array(z.string()).default(['ReadWriteOnce']).describe('Access modes of the volume.'),
    whenDeleted: z.enum(['Retain', 'Delete']).default('Retain').describe('What becomes of the volume when the release is uninstalled.'),
  })
  .describe(
    'The volume of the append-only file: what was taken in is on it within a second. It stays as it is made: a later change of these values is refused by the API server.',
  );

/** The Redis that the chart brings, or the one that people have. */
export const Redis = z
  .strictObject({
    enabled: on('A Redis (Valkey) of one pod. Not made where external.url or credentials.REDIS_URL is set.'),
    external: External.prefault({}),
    image: text('docker.io/valkey/valkey:8.1-alpine', 'Image of Valkey or Redis, 7.0 or newer.'),
    imagePullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']).default('IfNotPresent').describe('When a node fetches the image.'),
    existingSecret: text(
      '',
      'Secret for the Redis of the chart with the keys REDIS_PASSWORD, REDIS_URL (redis://:PASSWORD@HOST:6379/0) and password.conf (requirepass PASSWORD). Empty: the chart makes one, and keeps it over upgrades.',
    ),
    maxMemory: text(
      '384mb',
      'What the data may take. Beyond it writes are refused and senders answered 503, until there is room. Leave a quarter of resources.limits.memory free.',
    ),
    persistence: Persistence.prefault({}),
    networkPolicy: on('A NetworkPolicy: only the operator reaches Redis, and Redis reaches nobody.'),
    resources: Resources('What Redis asks for and may take.').default({
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { memory: '512Mi' },
    }),
    podLabels: Labels('Labels added to the pod of Redis.'),
    nodeSelector: Labels('Labels of the nodes that the pod of Redis may run on.'),
    tolerations: Objects('Taints that the pod of Redis puts up with, as in a pod.'),
  })
  .describe('Where alerts, incidents and what is learned are kept.');
