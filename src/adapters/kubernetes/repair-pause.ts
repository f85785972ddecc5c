import { z } from 'zod';
import { PortError } from '../../domain/ports/port-error.ts';
import type { PauseRequest, RepairPause } from '../../domain/ports/repair-pause.ts';
import { parsedJson } from '../../domain/text/json.ts';
import type { KubeClient } from '../../kube/client.ts';
import { collectionPath } from '../../kube/key.ts';
import { isConflict } from '../../kube/status.ts';
import { isNotFound, portFailure } from './port-failure.ts';
import { requesterKey } from './requester-key.ts';

export interface RepairPauseDeps {
  readonly client: KubeClient;
  /** The operator's own. */
  readonly namespace: string;
  readonly now: () => Date;
}

const NAME = 'awoooi-repair-pause';
const CONFIG_MAPS = { group: '', version: 'v1', plural: 'configmaps' };
const DOING = `asking ConfigMap ${NAME} who wants repairs paused`;

const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });
const Value = z.object({ by: z.string().min(1), reason: z.string(), since: z.iso.datetime().transform(text => new Date(text)) });

/** One key of a ConfigMap for each person, and each write touches that key alone: nobody's request is lost to another's. */
export function kubernetesRepairPause({ client, namespace, now }: RepairPauseDeps): RepairPause {
  const collection = collectionPath(CONFIG_MAPS, namespace);
  const path = `${collection}/${NAME}`;

  async function held(signal: AbortSignal): Promise<readonly Held[]> {
    const raw = await client.request({ method: 'GET', path, signal }).catch(unlessAbsent);
    return raw === undefined ? [] : Object.entries(dataOf(raw)).map(([key, text]) => ({ key, request: requestIn(key, text) }));
  }

  async function own(by: string, signal: AbortSignal): Promise<Held | undefined> {
    return (await held(signal)).find(({ request }) => request.by === by);
  }

  /** False where there is no ConfigMap. */
  async function patched(data: Readonly<Record<string, string | null>>, signal: AbortSignal): Promise<boolean> {
    const asked = { method: 'PATCH', path, patchType: 'application/merge-patch+json', body: { data }, signal } as const;
    return (await client.request(asked).catch(unlessAbsent)) !== undefined;
  }

  /** False where it was made meanwhile. */
  async function made(data: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean> {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace }, data };
    try {
      await client.request({ method: 'POST', path: collection, body, signal });
      return true;
    } catch (err) {
      if (isConflict(err)) return false;
      throw portFailure(err, `making ConfigMap ${namespace}/${NAME}`);
    }
  }

  return {
    requests: async signal => (await held(signal)).map(({ request }) => request),
    async request({ by, reason }, signal) {
      const before = await own(by, signal);
      const since = before?.request.since ?? now();
      const data = { [before?.key ?? requesterKey(by)]: JSON.stringify({ by, reason, since: since.toISOString() }) };
      if ((await patched(data, signal)) || (await made(data, signal)) || (await patched(data, signal))) return;
      throw new PortError('unavailable', `ConfigMap ${namespace}/${NAME} is deleted and made all the time; try again`);
    },
    async withdraw(by, signal) {
      const before = await own(by, signal);
      return before !== undefined && patched({ [before.key]: null }, signal);
    },
  };
}

interface Held {
  readonly key: string;
  readonly request: PauseRequest;
}

function unlessAbsent(err: unknown): undefined {
  if (isNotFound(err)) return undefined;
  throw portFailure(err, DOING);
}

function dataOf(raw: unknown): Readonly<Record<string, string>> {
  const read = ConfigMap.safeParse(raw);
  if (read.success) return read.data.data;
  throw new PortError('malformed', `${DOING}: the answer is no ConfigMap`);
}

/** What somebody wrote by hand is a request as well: it is the safer reading, and its key is who it is withdrawn by. */
function requestIn(key: string, text: string): PauseRequest {
  const read = Value.safeParse(parsedJson(text));
  return read.success ? read.data : { by: key, reason: text, since: new Date(0) };
}
