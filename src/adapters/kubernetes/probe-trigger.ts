import { setTimeout as pause } from 'node:timers/promises';
import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { Awaited, ProbeTrigger } from '../../domain/ports/probe-trigger.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound, portFailure } from './port-failure.ts';
import { kubernetesProbeReader, probePath } from './probe-reader.ts';

/** A run takes seconds: looking twice a second keeps a pipeline waiting no longer than it must. */
const LOOK_EVERY_MS = 500;

/** Sets runTokens and waits for their runs, with the rights of whoever calls. */
export function kubernetesProbeTrigger(client: KubeClient): ProbeTrigger {
  const reader = kubernetesProbeReader(client);
  return {
    async setRunToken({ namespace, name }, runToken, signal) {
      const path = probePath(namespace, name);
      try {
        await client.request({ method: 'PATCH', path, patchType: 'application/merge-patch+json', body: { spec: { runToken } }, signal });
        return true;
      } catch (err) {
        if (isNotFound(err)) return false;
        throw portFailure(err, `setting spec.runToken of AlertChainProbe ${namespace}/${name}`);
      }
    },
    async waitFor({ namespace, name }, token, signal) {
      while (!signal.aborted) {
        const probe = await reader.find(namespace, name, signal).catch((err: unknown) => unlessAborted(err, signal));
        if (probe === 'aborted') break;
        const ended = judged(probe, token);
        if (ended) return ended;
        await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
      return { is: 'pending' };
    },
  };
}

function judged(probe: AlertChainProbe | undefined, token: string): Awaited | undefined {
  if (!probe) return { is: 'gone' };
  return probe.status?.runToken === token ? { is: 'ended', probe } : undefined;
}

function unlessAborted(err: unknown, signal: AbortSignal): 'aborted' {
  if (signal.aborted) return 'aborted';
  throw err;
}
