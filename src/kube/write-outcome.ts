import type { KubeObject, Emission, Outcome, StatusOf } from './reconcile.ts';
import {
  applyStatus,
  isConflict,
  readLive,
  replaceFinalizers,
  type StatusBody,
  sameJson,
  type WriteTarget,
  wantedStatus,
} from './status.ts';
import type { TurnOptions } from './turn.ts';

/** How often a status is tried over changes by others. */
const OVER_CHANGES = 4;

interface StatusWrite {
  readonly object: KubeObject;
  readonly status: StatusBody;
  readonly resourceVersion: string;
}

/**
 * Writes an outcome: finalizers, then status, each only where it differs; then the events that tell of it. Nothing is
 * sent once leadership is over. Throws KubeError.
 */
export function outcomeWriter<T extends KubeObject>({ controller, own, leadership, again }: TurnOptions<T>) {
  const { client, resource, fieldManager, metrics, now, events } = controller;
  const target: WriteTarget = { client, resource, fieldManager, signal: leadership.signal };

  return async function write(key: string, object: T, outcome: Outcome<StatusOf<T>>): Promise<void> {
    if (outcome.undecided) return;
    let { resourceVersion } = object.metadata;
    const { finalizers } = outcome;
    if (finalizers && !sameJson(finalizers, object.metadata.finalizers ?? [])) {
      resourceVersion = await recorded(key, object, () => replaceFinalizers(target, object, finalizers));
    }
    // Without a finalizer a deleted object is gone, and a claim is followed by another turn at once: there is no status to write.
    if (isGoneBy(object, outcome) || isClaim(outcome)) return tell(object, outcome);
    const status = wantedStatus(object, outcome, now());
    const tries = outcome.exclusive || own.isFirst(key) ? 1 : OVER_CHANGES;
    if (sameJson(status, object.status)) metrics.statusWrite('unchanged');
    else await recorded(key, object, () => applied({ object, status, resourceVersion }, tries));
    tell(object, outcome);
  };

  function tell(object: T, outcome: Outcome<StatusOf<T>>): void {
    for (const emission of emissions(object, outcome)) events.emit(object, emission);
  }

  /**
   * Always against a resourceVersion, since nothing else keeps a status off a namesake made meanwhile: the status
   * subresource ignores metadata.uid. Where a change may be written over, what changed is read and tried again.
   */
  async function applied(write: StatusWrite, tries: number): Promise<string> {
    try {
      return await applyStatus(target, write.object, write);
    } catch (err) {
      if (tries <= 1 || !isConflict(err)) throw err;
      const { uid, resourceVersion } = (await readLive(target, write.object.metadata)).metadata;
      if (uid !== write.object.metadata.uid) throw err;
      leadership.assertLeading();
      return applied({ ...write, resourceVersion }, tries - 1);
    }
  }

  async function recorded(key: string, object: T, request: () => Promise<string>): Promise<string> {
    leadership.assertLeading();
    own.begin(key, object);
    try {
      const resourceVersion = await request();
      const asked = own.stored(key, resourceVersion);
      if (asked) again(key, asked);
      metrics.statusWrite('written');
      return resourceVersion;
    } catch (err) {
      const asked = own.unknown(key);
      if (asked) again(key, asked);
      metrics.statusWrite('failed');
      throw err;
    }
  }
}

/** What the outcome asks for, and Ready's own transition unless the outcome tells of it already. */
function emissions(object: KubeObject, outcome: Outcome): readonly Emission[] {
  const asked = outcome.events ?? [];
  const ready = outcome.conditions?.['Ready'];
  const was = object.status?.conditions?.find(condition => condition.type === 'Ready')?.status;
  if (!ready || ready.status === 'Unknown' || ready.status === was) return asked;
  const tells = ({ reason, tellsOfReady }: Emission): boolean =>
    reason === ready.reason || (tellsOfReady === true && ready.status === 'True');
  if (asked.some(tells)) return asked;
  return [...asked, { type: ready.status === 'True' ? 'Normal' : 'Warning', reason: ready.reason, message: ready.message }];
}

function isGoneBy({ metadata }: KubeObject, { finalizers }: Outcome): boolean {
  return metadata.deletionTimestamp !== undefined && finalizers?.length === 0;
}

/** Finalizers and nothing else, before the first thing is done outside. */
function isClaim({ finalizers, conditions, status, requeueAfterMs }: Outcome): boolean {
  return finalizers !== undefined && requeueAfterMs === 0 && conditions === undefined && Object.keys(status ?? {}).length === 0;
}
