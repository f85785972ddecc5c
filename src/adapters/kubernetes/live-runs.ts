import { REPAIR_RUN, type RepairRun } from '../../crds/repairrun/kind.ts';
import { readStored } from '../../crds/repairrun/parse.ts';
import { storedRepairRun } from '../../crds/repairrun/stored.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { KubeClient } from '../../kube/client.ts';
import { collectionPath } from '../../kube/key.ts';
import { listPages } from '../../kube/pages.ts';
import { portFailure } from './port-failure.ts';

const DOING = 'listing RepairRuns';

/** All valid runs of these namespaces as the API server has them now; of all, where none is named. */
export async function liveRuns(client: KubeClient, namespaces: readonly string[], signal: AbortSignal): Promise<readonly RepairRun[]> {
  const paths =
    namespaces.length === 0 ? [collectionPath(REPAIR_RUN)] : [...new Set(namespaces)].map(each => collectionPath(REPAIR_RUN, each));
  const lists = await Promise.all(paths.map(path => listed(client, path, signal)));
  return lists.flat();
}

async function listed(client: KubeClient, path: string, signal: AbortSignal): Promise<readonly RepairRun[]> {
  const items: unknown[] = [];
  const onStart = (): void => void items.splice(0);
  try {
    await listPages({ client, path, signal, onStart, onPage: page => void items.push(...page) });
  } catch (err) {
    throw portFailure(err, DOING);
  }
  return items.flatMap(valid);
}

/** An item of a list comes without apiVersion and kind. */
function valid(item: unknown): readonly RepairRun[] {
  try {
    const { group, version, kind } = REPAIR_RUN;
    const read = readStored(storedRepairRun({ ...Object(item), apiVersion: `${group}/${version}`, kind }));
    return read.ok ? [read.object] : [];
  } catch (err) {
    throw new PortError('malformed', `${DOING}: an item is no RepairRun`, { cause: err });
  }
}
