import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';

/** Reads probes for those who ask for a verdict. */
export interface ProbeReader {
  /** Undefined where there is no such probe. Throws PortError while the API server cannot be asked. */
  find(namespace: string, name: string, signal: AbortSignal): Promise<AlertChainProbe | undefined>;
}
