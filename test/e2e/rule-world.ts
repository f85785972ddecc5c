import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type Signoz, type SignozOptions, startSignoz } from '../servers/signoz.ts';
import { rulesOn, signozSecret, signozView } from './rule-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

export interface RuleWorld {
  readonly stage: Stage;
  readonly signoz: Signoz;
  readonly redisUrl: string;
  readonly rules: ReturnType<typeof rulesOn>;
  readonly view: ReturnType<typeof signozView>;
  /** Starts one more operator for this namespace; stopped with the world. */
  operator(env?: Readonly<Record<string, string>>): Promise<Operator>;
  /** Keeps a part to be stopped with the world. */
  keep<T extends Pick<Part, 'stop'>>(part: T): T;
  stop(): Promise<void>;
}

/** A namespace with the Secret `signoz`, and the SigNoz that it leads to. It has the channel `ops-hook`, which sends nowhere. */
export async function ruleWorld(name: string, options: SignozOptions = {}): Promise<RuleWorld> {
  const parts: Pick<Part, 'stop'>[] = [];
  const keep = <T extends Pick<Part, 'stop'>>(part: T): T => {
    parts.push(part);
    return part;
  };
  const [stage, redis] = await Promise.all([raiseStage(name), startRedis()]);
  keep(redis);
  const signoz = keep(
    await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }], ...options }),
  );
  await stage.apply(signozSecret(signoz));
  return {
    stage,
    signoz,
    redisUrl: redis.url,
    rules: rulesOn(stage),
    view: signozView(signoz),
    keep,
    operator: async env => keep(await startOperator(stage.operator(redis.url, env))),
    async stop() {
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}
