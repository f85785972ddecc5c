import { setTimeout as pause } from 'node:timers/promises';
import { inOrder, wantedReturn } from '../../domain/drills/came-through.ts';
import type { Drill, DrillRegistry, DrillReturn } from '../../domain/ports/drill-registry.ts';
import type { RedisCommands, RedisConnection } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS, RETURNS_CHANNEL } from './keys.ts';
import { recordRefusal, refusalsSince } from './refusal-stream.ts';
import { returnFeed } from './return-feed.ts';
import { type ReturnWaiters, returnWaiters } from './return-waiters.ts';
import { parseReturn, StoredDrill } from './schema.ts';

/** Fields and lifetime in one step: a drill without a lifetime would stay for ever. */
const REGISTER = `
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'expiresAt', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** The first return through a receiver counts, and its message is published in the same step, so that no crash can part the two. */
const RECORD_RETURN = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then redis.call('PUBLISH', ARGV[3], ARGV[2]) end
return 1`;
/** Before the receiver's name: a field for each. */
const BACK = 'back:';

const FINAL_READ_MS = 1500;
const RECHECK_PAUSE_MS = 100;

export interface RedisDrillRegistryOptions {
  readonly redis: RedisConnection;
  readonly now: () => Date;
}

/** The drill registry on Redis. `close` ends its subscription; waits under way end with their own signals. */
export function redisDrillRegistry({ redis, now }: RedisDrillRegistryOptions): DrillRegistry & { close(): void } {
  const { commands } = redis;
  const waiters = returnWaiters();
  const feed = returnFeed({
    connect: () => redis.subscriber(),
    channel: RETURNS_CHANNEL,
    onMessage: message => heard(message, waiters),
    onSubscribed: () => void catchUp(),
  });

  /** What was published while nobody listened has to be read; tried again while Redis hesitates, for no other message will come. */
  async function catchUp(): Promise<void> {
    while (feed.isSubscribed() && waiters.missing().length > 0) {
      const caughtUp = await readReturns(commands, waiters.missing(), AbortSignal.timeout(FINAL_READ_MS)).then(
        returns => {
          for (const back of returns) waiters.deliver(back);
          return true;
        },
        () => false,
      );
      if (caughtUp) return;
      await pause(RECHECK_PAUSE_MS);
    }
  }

  return {
    async register(drills, signal) {
      await Promise.all(drills.map(drill => registerOne(commands, drill, { now: now(), signal })));
    },
    async isLive(nonce, signal) {
      return (await ask('say whether a nonce is live', signal, () => commands.exists(KEYS.drill(nonce)))) === 1;
    },
    async recordReturn(back, signal) {
      const args = [KEYS.drill(back.nonce), `${BACK}${back.receiver ?? ''}`, JSON.stringify(back), RETURNS_CHANNEL];
      return (await ask('record a return', signal, () => commands.eval(RECORD_RETURN, 1, ...args))) === 1;
    },
    async find(nonce, signal) {
      const fields = await ask('find a drill', signal, () => commands.hgetall(KEYS.drill(nonce)));
      if (Object.keys(fields).length === 0) return undefined;
      return { drill: { nonce, ...StoredDrill.parse(fields) }, returns: returnsIn(fields) };
    },
    async awaitReturns(nonces, signal, receiver) {
      feed.start();
      const waited = waiters.wait(nonces, signal, receiver);
      // Enlisted first, then read: what is recorded from here on comes as a message. Without a subscription its start reads everything.
      if (feed.isSubscribed()) void catchUp();
      const { found, missing } = await waited;
      // Time is up: the store has the last word, in case a message got lost on the way.
      const late = await readReturns(commands, missing, AbortSignal.timeout(FINAL_READ_MS));
      return nonces.flatMap(
        nonce =>
          found.get(nonce) ??
          wantedReturn(
            late.filter(back => back.nonce === nonce),
            receiver,
          ) ??
          [],
      );
    },
    recordRefusal: (refusal, signal) => recordRefusal(commands, refusal, signal),
    refusalsSince: (since, signal, nonces = []) => refusalsSince(commands, { since, nonces }, signal),
    close: () => feed.close(),
  };
}

/** The lifetime runs by Redis's clock from now on, so that a clock that is stepped ends no drill. */
async function registerOne(commands: RedisCommands, drill: Drill, { now, signal }: { now: Date; signal: AbortSignal }): Promise<void> {
  const lifetimeMs = drill.expiresAt.getTime() - now.getTime();
  if (lifetimeMs <= 0) return;
  const args = [KEYS.drill(drill.nonce), drill.owner, drill.expiresAt.toISOString(), lifetimeMs];
  await ask('register a drill', signal, () => commands.eval(REGISTER, 1, ...args));
}

async function readReturns(commands: RedisCommands, nonces: readonly string[], signal: AbortSignal): Promise<DrillReturn[]> {
  const drills = await Promise.all(
    nonces.map(nonce => ask('say which drills are back', signal, () => commands.hgetall(KEYS.drill(nonce)))),
  );
  return drills.flatMap(returnsIn);
}

function returnsIn(fields: Readonly<Record<string, string>>): DrillReturn[] {
  return inOrder(Object.entries(fields).flatMap(([field, text]) => (field.startsWith(BACK) ? [parseReturn(text)] : [])));
}

/** A message that is none of ours is no reason to stop listening. */
function heard(message: string, waiters: ReturnWaiters): void {
  try {
    waiters.deliver(parseReturn(message));
  } catch {
    return;
  }
}
