import { REPAIR_PLAYBOOK } from '../../crds/repairplaybook/kind.ts';
import type { ListedPlaybook, PlaybookReader } from '../../domain/ports/playbook-reader.ts';
import { collectionPath } from '../../kube/key.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isRawObject, slim } from '../../kube/object.ts';
import { listPages } from '../../kube/pages.ts';
import { portFailure } from './port-failure.ts';

const { group, version, kind } = REPAIR_PLAYBOOK;
/** Items of a list come without what the list says of them all. */
const TYPE = { apiVersion: `${group}/${version}`, kind };

export function kubernetesPlaybookReader(client: KubeClient): PlaybookReader {
  return {
    async list(namespace, signal) {
      const found: ListedPlaybook[] = [];
      const onPage = (items: readonly unknown[]): void => {
        for (const item of items.filter(isRawObject)) {
          const { name, namespace: its = '' } = item.metadata;
          found.push({ namespace: its, name, object: { ...slim(item), ...TYPE } });
        }
      };
      const path = collectionPath(REPAIR_PLAYBOOK, namespace);
      try {
        await listPages({ client, path, signal, onStart: () => void found.splice(0), onPage });
      } catch (err) {
        throw portFailure(err, namespace === undefined ? 'listing RepairPlaybooks' : `listing RepairPlaybooks of namespace ${namespace}`);
      }
      return found.toSorted((a, b) => order(a.namespace, b.namespace) || order(a.name, b.name));
    },
  };
}

/** By code units: the same on every machine, whatever its language. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
