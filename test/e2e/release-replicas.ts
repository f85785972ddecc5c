import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { ReleasePod } from './release-pod.ts';
import { metricsOf, valueOf } from './stage.ts';

const WITHIN = { withinMs: 60_000, everyMs: 100 };

export interface Replicas {
  readonly both: readonly [Operator, Operator];
  leader(): Promise<Operator>;
  /** Has the other replica lead: the one that does is killed, or ended in good order, and started again. */
  handOver(how: 'kill' | 'end'): Promise<void>;
}

/** Two replicas, each as its pod says, on these ports. */
export async function startReplicas(pods: readonly [ReleasePod, ReleasePod], ports: readonly [number, number]): Promise<Replicas> {
  const [one, two] = await Promise.all([
    startOperator({ ...pods[0].options, port: ports[0] }),
    startOperator({ ...pods[1].options, port: ports[1] }),
  ]);
  const leader = (): Promise<Operator> =>
    eventually(async () => {
      for (const replica of [one, two]) if (await leads(replica).catch(() => false)) return replica;
      return undefined;
    }, WITHIN);
  return {
    both: [one, two],
    leader,
    async handOver(how) {
      const old = await leader();
      const other = old === one ? two : one;
      await (how === 'kill' ? old.kill9() : old.halt());
      await eventually(() => leads(other), WITHIN);
      await old.restart();
    },
  };
}

async function leads(operator: Operator): Promise<boolean> {
  return operator.process().running() && valueOf(await metricsOf(operator), 'awoooi_leader') === 1;
}
