import { REPAIR_RUN } from '../../crds/repairrun/kind.ts';
import { storedRepairRun, type StoredRepairRun } from '../../crds/repairrun/stored.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { KubeClient } from '../../kube/client.ts';
import { collectionPath } from '../../kube/key.ts';
import { isNotFound, portFailure } from './port-failure.ts';

export interface RunName {
  readonly namespace: string;
  readonly name: string;
}

export function runPath({ namespace, name }: RunName): string {
  return `${collectionPath(REPAIR_RUN, namespace)}/${encodeURIComponent(name)}`;
}

/** A run as the API server holds it now; undefined where there is none. */
export async function liveRun(client: KubeClient, run: RunName, signal: AbortSignal): Promise<StoredRepairRun | undefined> {
  const doing = `reading RepairRun ${run.namespace}/${run.name}`;
  const raw = await client.request({ method: 'GET', path: runPath(run), signal }).catch((err: unknown) => {
    if (isNotFound(err)) return undefined;
    throw portFailure(err, doing);
  });
  return raw === undefined ? undefined : read(raw, doing);
}

function read(raw: unknown, doing: string): StoredRepairRun {
  try {
    return storedRepairRun(raw);
  } catch (err) {
    throw new PortError('malformed', `${doing}: the answer is no RepairRun`, { cause: err });
  }
}
