import { PRESS_CLAIMED_MS, type PressLog } from '../../domain/ports/press-log.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

/** Telegram sends an update again for a day. */
const KEPT_SECONDS = 2 * 86_400;
const CLAIMED = 'claimed';

export function redisPressLog(commands: RedisCommands): PressLog {
  return {
    async claim(pressId, signal) {
      const key = KEYS.press(pressId);
      const set = () => commands.call('SET', key, CLAIMED, 'NX', 'PX', PRESS_CLAIMED_MS);
      if ((await ask('claim a press', signal, set)) === 'OK') return 'ours';
      const held = await ask('read what became of a press', signal, () => commands.call('GET', key));
      // A claim that ended between the two is met anew when the press comes again.
      return held === CLAIMED || held === null ? 'others' : 'done';
    },
    async done(pressId, signal) {
      await ask('note a press', signal, () => commands.call('SET', KEYS.press(pressId), 'done', 'EX', KEPT_SECONDS));
    },
    async release(pressId, signal) {
      await ask('release a press', signal, () => commands.call('DEL', KEYS.press(pressId)));
    },
  };
}
