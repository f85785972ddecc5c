import { expect, it } from 'vitest';
import type { WorkloadState } from '../ports/repairs.ts';
import type { WorkloadKind } from './plan.ts';
import { podTroubles } from './pod-troubles.ts';
import { workloadState } from './rollout-state.ts';

const whole = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const condition = (type: string, rest: object): object => ({ conditions: [{ type, status: 'True', ...rest }] });
const onDelete = { updateStrategy: { type: 'OnDelete' } };
const parted = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };

it.each<[string, WorkloadKind, object, object, WorkloadState['is'], string]>([
  ['all there', 'Deployment', {}, whole, 'available', 'all its 3 pods are available'],
  ['a change not looked at', 'Deployment', {}, { ...whole, observedGeneration: 1 }, 'progressing', 'not been looked at'],
  ['no status at all', 'Deployment', {}, {}, 'progressing', 'not been looked at'],
  ['some pods new', 'Deployment', {}, { ...whole, updatedReplicas: 1 }, 'progressing', '1 of 3 pods are new'],
  ['old ones left', 'Deployment', {}, { ...whole, replicas: 4 }, 'progressing', '1 pods of before'],
  ['some available', 'Deployment', {}, { ...whole, availableReplicas: 2 }, 'progressing', '2 of 3 pods are available'],
  ['paused', 'Deployment', { paused: true }, whole, 'paused', 'kubectl rollout resume deployment/web'],
  ['scaled to 0', 'Deployment', { replicas: 0 }, { observedGeneration: 2 }, 'unavailable', 'scaled to 0'],
  [
    'past its deadline',
    'Deployment',
    {},
    { ...whole, availableReplicas: 2, ...condition('Progressing', { status: 'False', reason: 'ProgressDeadlineExceeded' }) },
    'unavailable',
    'exceeded its deadline',
  ],
  [
    'refused pods',
    'Deployment',
    {},
    { ...whole, updatedReplicas: 0, ...condition('ReplicaFailure', { reason: 'FailedCreate', message: 'exceeded quota: small' }) },
    'unavailable',
    'exceeded quota: small',
  ],
  ['all there', 'StatefulSet', {}, { ...whole, currentRevision: 'a', updateRevision: 'a' }, 'available', 'all its 3'],
  [
    'a rolling one',
    'StatefulSet',
    {},
    { ...whole, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    'progressing',
    '1 of 3 pods are new',
  ],
  [
    'one not ready',
    'StatefulSet',
    {},
    { ...whole, availableReplicas: 2, currentRevision: 'a', updateRevision: 'a' },
    'progressing',
    '2 of 3',
  ],
  [
    'a parted one under way',
    'StatefulSet',
    parted,
    { ...whole, updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' },
    'progressing',
    '0 of 1',
  ],
  [
    'a parted one',
    'StatefulSet',
    parted,
    { ...whole, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    'available',
    'all its 3',
  ],
  [
    'one updated by hand',
    'StatefulSet',
    onDelete,
    { ...whole, updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' },
    'available',
    'all its 3',
  ],
  [
    'all there',
    'DaemonSet',
    {},
    { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
    'available',
    'all its 2',
  ],
  [
    'a rolling one',
    'DaemonSet',
    {},
    { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2 },
    'progressing',
    '1 of 2',
  ],
  [
    'one down',
    'DaemonSet',
    {},
    { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
    'progressing',
    '1 of 2',
  ],
  ['no node for it', 'DaemonSet', {}, { observedGeneration: 2 }, 'unavailable', 'no node'],
])('%s, a %s', (_, kind, spec, status, is, words) => {
  const object = { metadata: { name: 'web', generation: 2 }, spec: { ...(kind !== 'DaemonSet' && { replicas: 3 }), ...spec }, status };
  expect(workloadState(kind, object, [])).toEqual({ is, detail: expect.stringContaining(words) });
});

const waiting = (reason: string): object => ({ containerStatuses: [{ name: 'web', state: { waiting: { reason } } }] });

it('is unavailable, and not only on its way, where its pods say that they are stuck', () => {
  const object = { metadata: { name: 'web', generation: 2 }, spec: { replicas: 3 }, status: { ...whole, availableReplicas: 2 } };
  const pods = [
    { metadata: { name: 'a' }, status: waiting('CrashLoopBackOff') },
    { metadata: { name: 'b' }, status: waiting('CrashLoopBackOff') },
    { metadata: { name: 'c' }, status: waiting('ContainerCreating') },
    { metadata: { name: 'd' }, status: { initContainerStatuses: [{ name: 'init', state: { waiting: { reason: 'ImagePullBackOff' } } }] } },
    { metadata: { name: 'e', deletionTimestamp: 'now', finalizers: ['x/y'] } },
    { metadata: { name: 'f', deletionTimestamp: 'now' } },
    {
      metadata: { name: 'g' },
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
    },
  ];
  const troubles = podTroubles(pods);
  expect(troubles).toEqual([
    'Pod a has container web in CrashLoopBackOff (and 1 more)',
    'Pod d has container init in ImagePullBackOff',
    'Pod e is being deleted and held by its finalizers x/y',
  ]);
  expect(podTroubles(pods.slice(6))).toEqual(['Pod g cannot be scheduled: 0/1 nodes']);
  expect(workloadState('Deployment', object, troubles)).toEqual({
    is: 'unavailable',
    detail: `Deployment web: 2 of 3 pods are available: ${troubles.join('; ')}.`,
  });
});
