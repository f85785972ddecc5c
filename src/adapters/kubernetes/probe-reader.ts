import { z } from 'zod';
import { parseAlertChainProbe } from '../../crds/alertchainprobe/parse.ts';
import { ALERT_CHAIN_PROBE } from '../../crds/alertchainprobe/kind.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { ProbeReader } from '../../domain/ports/probe-reader.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound, portFailure } from './port-failure.ts';

/** The names that the API server takes; anything else cannot exist, and must not become a path. */
const Name = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);

export function probePath(namespace: string, name: string): string {
  const { group, version, plural } = ALERT_CHAIN_PROBE;
  return `/apis/${group}/${version}/namespaces/${namespace}/${plural}/${name}`;
}

/** Reads a probe live: a verdict must not be older than the API server's own. */
export function kubernetesProbeReader(client: KubeClient): ProbeReader {
  return {
    async find(namespace, name, signal) {
      if (!Name.safeParse(namespace).success || !Name.safeParse(name).success) return undefined;
      try {
        const parsed = parseAlertChainProbe(await client.request({ method: 'GET', path: probePath(namespace, name), signal }));
        if (parsed.ok) return parsed.probe;
        throw new PortError('malformed', `AlertChainProbe ${namespace}/${name} is not valid: ${parsed.problems.join('; ')}`);
      } catch (err) {
        if (isNotFound(err)) return undefined;
        throw err instanceof PortError ? err : portFailure(err, `reading AlertChainProbe ${namespace}/${name}`);
      }
    },
  };
}
