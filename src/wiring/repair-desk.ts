import { kubernetesRepairObjects } from '../adapters/kubernetes/repair-objects.ts';
import { kubernetesRepairPause } from '../adapters/kubernetes/repair-pause.ts';
import type { Config } from '../config/load.ts';
import type { RepairObjects } from '../domain/ports/repair-objects.ts';
import type { RepairPause } from '../domain/ports/repair-pause.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Caches } from './caches.ts';
import { failingObjects, failingPause } from './repair-failpoints.ts';

export interface RepairDeskParts {
  readonly config: Config;
  readonly client: KubeClient;
  readonly seen: Pick<Caches, 'playbooks' | 'runs'>;
  readonly now: () => Date;
}

/** Playbooks and runs as every replica sees them, whoever leads. */
export interface RepairDesk {
  readonly objects: RepairObjects;
  readonly pause: RepairPause;
  /** Whether both caches have been filled once. */
  readonly synced: () => boolean;
  /** Whether there may be a playbook: not known before the caches are filled. */
  readonly hasPlaybooks: () => boolean;
}

export function repairDesk({ config, client, seen: { playbooks, runs }, now }: RepairDeskParts): RepairDesk {
  const { namespaces, podNamespace } = config.kubernetes;
  const objects = kubernetesRepairObjects({ client, playbooks: playbooks.store, runs: runs.store, namespaces, now });
  const synced = (): boolean => playbooks.reflectors.hasSynced && runs.reflectors.hasSynced;
  return {
    objects: failingObjects(objects, config.faults.failpoint),
    pause: failingPause(kubernetesRepairPause({ client, namespace: podNamespace, now }), config.faults.failpoint),
    synced,
    hasPlaybooks: () => !synced() || playbooks.store.size > 0,
  };
}
