import type { KubeObject, Emission, Outcome, StatusOf } from './reconcile.ts';
import { applyStatus, replaceFinalizers, sameJson, type WriteTarget, wantedStatus } from './status.ts';
import type { TurnOptions } from './turn.ts';

/**
 * Writes an outcome: finalizers, then status, each only where it differs; then the events that tell of it. Nothing is
 * sent once leadership is over. Throws KubeError.
 */
export function outcomeWriter<T extends KubeObject>({ controller, own, leadership, again }: TurnOptions<T>) {
  const { client, resource, fieldManager, metrics, now, events } = controller;
  const target: WriteTarget = { client, resource, fieldManager, signal: leadership.signal };

  return async function write(key: string, object: T, outcome: Outcome<StatusOf<T>>): Promise<void> {
    let { resourceVersion } = object.metadata;
    const { finalizers } = outcome;
    if (finalizers && !sameJson(finalizers, object.metadata.finalizers ?? [])) {
      resourceVersion = await recorded(key, object, () => replaceFinalizers(target, object, finalizers));
    }
    // Without a finalizer a deleted object is gone: there is no status to write.
    if (object.metadata.deletionTimestamp && finalizers?.length === 0) return;
    const status = wantedStatus(object, outcome, now());
    if (sameJson(status, object.status)) metrics.statusWrite('unchanged');
    else {
      const guarded = outcome.exclusive || own.isFirst(key);
      await recorded(key, object, () => applyStatus(target, object, { status, ...(guarded && { resourceVersion }) }));
    }
    for (const emission of emissions(object, outcome)) events.emit(object, emission);
  };

  async function recorded(key: string, object: T, request: () => Promise<string>): Promise<string> {
    leadership.assertLeading();
    own.begin(key, object);
    try {
      const resourceVersion = await request();
      if (own.stored(key, resourceVersion)) again(key);
      metrics.statusWrite('written');
      return resourceVersion;
    } catch (err) {
      if (own.unknown(key)) again(key);
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
  if (asked.some(emission => emission.reason === ready.reason)) return asked;
  return [...asked, { type: ready.status === 'True' ? 'Normal' : 'Warning', reason: ready.reason, message: ready.message }];
}
