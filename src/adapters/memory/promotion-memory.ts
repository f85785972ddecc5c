import type { PromotedAction, PromotionMemory } from '../../domain/ports/promotion-memory.ts';

/** What became a playbook, for as long as the process lives. */
export function memoryPromotions(): PromotionMemory {
  const seen = new Map<string, number>();
  return {
    lastSeen: async of => seen.get(keyOf(of)),
    seen: async (of, successes) => void seen.set(keyOf(of), successes),
  };
}

function keyOf({ anomalyKey, action }: PromotedAction): string {
  return JSON.stringify([anomalyKey, action]);
}
