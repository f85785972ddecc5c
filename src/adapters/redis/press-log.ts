import type { PressLog } from '../../domain/ports/press-log.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

/** Telegram sends an update again for a day. */
const KEPT_SECONDS = 2 * 86_400;

export function redisPressLog(commands: RedisCommands): PressLog {
  return {
    async first(pressId, signal) {
      const set = () => commands.call('SET', KEYS.press(pressId), '', 'NX', 'EX', KEPT_SECONDS);
      return (await ask('note a press', signal, set)) === 'OK';
    },
    async forget(pressId, signal) {
      await ask('forget a press', signal, () => commands.call('DEL', KEYS.press(pressId)));
    },
  };
}
