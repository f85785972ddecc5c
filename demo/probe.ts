import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AlertChainProbeStatus } from '../src/crds/alertchainprobe/status.ts';
import { eventually } from '../test/parts/eventually.ts';
import { kubectl } from '../test/parts/kubectl.ts';

const Probe = z.object({ status: AlertChainProbeStatus.default({}) });

export interface DemoProbe {
  readonly name: string;
  status(): Promise<AlertChainProbeStatus>;
  /** Asks for a run by a new runToken and returns the status once that run has ended. */
  run(): Promise<AlertChainProbeStatus>;
  patch(spec: object): Promise<void>;
}

export function demoProbe({ kubeconfig, namespace, name }: { kubeconfig: string; namespace: string; name: string }): DemoProbe {
  const on = ['-n', namespace, `alertchainprobe/${name}`];
  async function status(): Promise<AlertChainProbeStatus> {
    return Probe.parse(JSON.parse(await kubectl(['get', ...on, '-o', 'json'], { kubeconfig }))).status;
  }
  const patch = async (spec: object): Promise<void> => {
    await kubectl(['patch', ...on, '--type=merge', '-p', JSON.stringify({ spec })], { kubeconfig });
  };
  return {
    name,
    status,
    patch,
    async run() {
      const runToken = randomUUID();
      await patch({ runToken });
      const ended = async (): Promise<AlertChainProbeStatus | undefined> => {
        const now = await status();
        return now.runToken === runToken ? now : undefined;
      };
      return eventually(ended, { withinMs: 60_000, everyMs: 150 });
    },
  };
}

/** `Ready` as `kubectl get` would show it. */
export function ready({ conditions = [] }: AlertChainProbeStatus): { status: string; reason: string; message: string } {
  return conditions.find(({ type }) => type === 'Ready') ?? { status: 'Unknown', reason: '', message: '' };
}

/** The hops of a run as rows: what a person looks at first. */
export function hopRows({ hops = [] }: AlertChainProbeStatus): string[][] {
  const rows = hops.map(hop => [hop.name, hop.type, hop.result, hop.latency ?? '', hop.cause ?? '']);
  return [['HOP', 'TYPE', 'RESULT', 'LATENCY', 'CAUSE'], ...rows];
}
