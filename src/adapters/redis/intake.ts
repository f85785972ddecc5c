import type { AlertIntake } from '../../domain/ports/alert-intake.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

/** When something last came, known to all replicas and after a restart. */
export function redisAlertIntake(commands: RedisCommands): AlertIntake {
  return {
    async touch(at, signal) {
      await ask('note that an alert came', signal, () => commands.set(KEYS.lastReceived, at.toISOString()));
    },
    async lastReceived(signal) {
      const text = await ask('say when an alert last came', signal, () => commands.get(KEYS.lastReceived));
      return text === null ? undefined : new Date(text);
    },
  };
}
