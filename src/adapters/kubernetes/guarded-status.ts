import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isConflict, isGone } from '../../kube/status.ts';
import { liveRun, type RunName, runPath } from './live-run.ts';
import { portFailure } from './port-failure.ts';

export interface GuardedWrite {
  readonly run: RunName & { readonly uid: string };
  /** What the write is for, for people: `recording a decision`. */
  readonly doing: string;
  readonly signal: AbortSignal;
}

/** What is to be done about a status as it stands: an answer without a write, or a JSON patch. */
type Look<A> = (status: RepairRunStatus) => A | readonly PatchOperation[];

export interface PatchOperation {
  readonly op: 'add' | 'replace';
  readonly path: string;
  readonly value: unknown;
}

/** How often it is tried over changes by others: many approvers of one run press within the same second. */
const OVER_CHANGES = 20;

const FIELD_MANAGER = 'awoooi-operator-approvals';

/** Patches a run's status as the API server holds it now, and only while it stays so: decided anew over every change by others. */
export async function patchGuarded<A extends string>(
  client: KubeClient,
  write: GuardedWrite,
  look: Look<A>,
): Promise<A | 'recorded' | 'missing'> {
  const { run, signal, doing } = write;
  for (let tries = 0; tries < OVER_CHANGES; tries += 1) {
    const live = await liveRun(client, run, signal);
    if (live?.metadata.uid !== run.uid) return 'missing';
    const wanted = look(live.status ?? {});
    if (typeof wanted === 'string') return wanted;
    const written = await patched(client, write, [atVersion(live.metadata.resourceVersion), ...wanted]);
    if (written !== 'changed') return written;
  }
  const what = `RepairRun ${run.namespace}/${run.name} changes all the time`;
  throw new PortError('unavailable', `${doing}: ${what}; try again`);
}

/** Not `test`, whose failure is a 422 as that of a bad value is: over an older version the API server answers 409. */
function atVersion(value: string): PatchOperation {
  return { op: 'replace', path: '/metadata/resourceVersion', value };
}

async function patched(
  client: KubeClient,
  { run, doing, signal }: GuardedWrite,
  body: readonly PatchOperation[],
): Promise<'recorded' | 'changed' | 'missing'> {
  const path = `${runPath(run)}/status`;
  const query = { fieldManager: FIELD_MANAGER };
  try {
    await client.request({ method: 'PATCH', path, query, patchType: 'application/json-patch+json', body, signal });
    return 'recorded';
  } catch (err) {
    if (isConflict(err)) return 'changed';
    if (isGone(err)) return 'missing';
    throw portFailure(err, `${doing} on RepairRun ${run.namespace}/${run.name}`);
  }
}
