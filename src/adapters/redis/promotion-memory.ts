import { z } from 'zod';
import type { PromotionMemory } from '../../domain/ports/promotion-memory.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

const KEPT_SECONDS = 90 * 86_400;
const Count = z.coerce.number().int().min(0);

export function redisPromotionMemory(commands: RedisCommands): PromotionMemory {
  return {
    async lastSeen(of, signal) {
      const held = await ask('read what became a playbook', signal, () => commands.get(KEYS.promoted(of)));
      const count = Count.safeParse(held ?? undefined);
      return count.success ? count.data : undefined;
    },
    async seen(of, successes, signal) {
      await ask('note what became a playbook', signal, () => commands.call('SET', KEYS.promoted(of), successes, 'EX', KEPT_SECONDS));
    },
  };
}
