import { DEED_CLAIMED_MS, type DeedLog } from '../../domain/ports/deed-log.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

/** Telegram sends an update again for a day. */
const KEPT_SECONDS = 2 * 86_400;
const CLAIMED = 'claimed';

export function redisDeedLog(commands: RedisCommands): DeedLog {
  return {
    async claim(deedId, signal) {
      const key = KEYS.deed(deedId);
      const set = () => commands.call('SET', key, CLAIMED, 'NX', 'PX', DEED_CLAIMED_MS);
      if ((await ask('claim a deed', signal, set)) === 'OK') return 'ours';
      const held = await ask('read what became of a deed', signal, () => commands.call('GET', key));
      // A claim that ended between the two is met anew when it is asked for again.
      return held === CLAIMED || held === null ? 'others' : 'done';
    },
    async done(deedId, signal) {
      await ask('note a deed', signal, () => commands.call('SET', KEYS.deed(deedId), 'done', 'EX', KEPT_SECONDS));
    },
    async release(deedId, signal) {
      await ask('release a deed', signal, () => commands.call('DEL', KEYS.deed(deedId)));
    },
  };
}
