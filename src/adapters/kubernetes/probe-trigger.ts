import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { AskedRun, Awaited, ProbeName, ProbeTrigger } from '../../domain/ports/probe-trigger.ts';
import type { KubeClient } from '../../kube/client.ts';
import { LOOK_EVERY_MS, persistently } from './persistently.ts';
import { isNotFound, portFailure } from './port-failure.ts';
import { kubernetesProbeReader, probePath } from './probe-reader.ts';

/** Sets runTokens and waits for their runs, with the rights of whoever calls. */
export function kubernetesProbeTrigger(client: KubeClient, random: () => number): ProbeTrigger {
  const reader = kubernetesProbeReader(client);
  return {
    async setRunToken(probe, token, signal) {
      // Twice the same token is one request: it is safe to repeat where the answer was lost.
      const tried = await persistently(() => patched(client, { probe, token, signal }), { signal, random });
      if (tried.is === 'answered') return tried.value;
      throw tried.failure ?? new PortError('unreachable', `${setting(probe)}: no answer in time`, { detail: 'timed-out' });
    },
    async waitFor({ namespace, name }, asked, signal) {
      while (!signal.aborted) {
        const tried = await persistently(() => reader.find(namespace, name, signal), { signal, random });
        if (tried.is === 'out-of-time') return { is: 'pending', ...(tried.failure && { failure: tried.failure }) };
        const awaited = judged(tried.value, asked);
        if (awaited) return awaited;
        await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
      return { is: 'pending' };
    },
  };
}

const Patched = z.object({
  metadata: z.object({ uid: z.string(), generation: z.int() }),
  spec: z.object({ suspend: z.boolean().default(false) }),
});

interface Patch {
  readonly probe: ProbeName;
  readonly token: string;
  readonly signal: AbortSignal;
}

async function patched(client: KubeClient, { probe, token, signal }: Patch): Promise<AskedRun | undefined> {
  const path = probePath(probe.namespace, probe.name);
  const body = { spec: { runToken: token } };
  try {
    const answer = Patched.safeParse(
      await client.request({ method: 'PATCH', path, patchType: 'application/merge-patch+json', body, signal }),
    );
    if (!answer.success) throw new PortError('malformed', `${setting(probe)}: the answer is no AlertChainProbe`);
    const { metadata, spec } = answer.data;
    return { ...metadata, suspended: spec.suspend };
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err instanceof PortError ? err : portFailure(err, setting(probe));
  }
}

const setting = ({ namespace, name }: ProbeName): string => `setting spec.runToken of AlertChainProbe ${namespace}/${name}`;

/**
 * By the generation and not by the token: where two ask at once, the later token takes the place of the earlier, and the run that it
 * brings proves no less to who asked first.
 */
function judged(probe: AlertChainProbe | undefined, { uid, generation }: AskedRun): Awaited | undefined {
  if (!probe || probe.metadata.uid !== uid) return { is: 'gone' };
  const { provenGeneration = 0, conditions = [] } = probe.status ?? {};
  const decidedFor = conditions.find(({ type }) => type === 'Ready')?.observedGeneration ?? 0;
  // Decided for a newer spec than was proven, Ready says only that one more run is awaited.
  if (provenGeneration >= generation && decidedFor <= provenGeneration) return { is: 'ended', probe };
  return probe.spec.suspend ? { is: 'suspended' } : undefined;
}
