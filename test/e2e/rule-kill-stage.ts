import { clientOf } from '../builders/kube-frame.ts';
import type { Cluster } from '../parts/cluster.ts';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { startSignoz } from '../servers/signoz.ts';
import { MEASURED_LATENCY } from '../servers/signoz-pace.ts';
import { type KillStage, seededRandom } from './rule-kills.ts';
import { signozSecret } from './rule-stage.ts';
import { raiseStage, SHORT_LEASE } from './stage.ts';

type Keep = <T extends { stop(): Promise<void> }>(part: T) => T;

export interface KillStageOptions {
  readonly name: string;
  readonly seed: number;
  readonly cluster?: Cluster;
}

/** A SigNoz at the speed of a real one, and an operator that leads again as soon as it is started again: it comes back under its name. */
export async function raiseKillStage(keep: Keep, { name, seed, cluster }: KillStageOptions): Promise<KillStage> {
  const stage = await raiseStage(name, cluster ? { cluster } : {});
  const redis = keep(await startRedis());
  const channels = [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9' }] }];
  const signoz = keep(await startSignoz({ channels, latency: MEASURED_LATENCY }));
  await stage.apply(signozSecret(signoz));
  const operator = keep(await startOperator(stage.operator(redis.url, { ...SHORT_LEASE, AWOOOI_IDENTITY: 'mortal' })));
  const client = clientOf(stage.cluster);
  keep({ stop: () => client.close() });
  return { client, namespace: stage.namespace, signoz, operator, random: seededRandom(seed) };
}
