import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

/** So long an answer counts: a storm of health checks is one small write a second. */
const COUNTS_MS = 1000;
/** The key is no use to anyone, so it goes by itself. */
const GONE_AFTER_MS = 10_000;

/**
 * Whether Redis takes writes: when its memory is full, when it became a replica or lacks the replicas that it must write to, it still
 * answers PING. In a Cluster it tells of the master that holds the key.
 */
export function writable(commands: Pick<RedisCommands, 'call'>): (signal: AbortSignal) => Promise<void> {
  let answer: Promise<unknown> | undefined;

  function written(): Promise<unknown> {
    if (answer) return answer;
    const asked = commands.call('SET', KEYS.writable, '', 'PX', GONE_AFTER_MS);
    const forget = () => setTimeout(() => (answer = undefined), COUNTS_MS).unref();
    asked.then(forget, forget);
    answer = asked;
    return asked;
  }

  return async signal => void (await ask('take a small write', signal, written));
}
