import type { PauseRequest, RepairPause } from '../../domain/ports/repair-pause.ts';

export function memoryRepairPause({ now }: { readonly now: () => Date }): RepairPause {
  const all = new Map<string, PauseRequest>();
  return {
    requests: async () => [...all.values()],
    async request({ by, reason }) {
      all.set(by, { by, reason, since: all.get(by)?.since ?? now() });
    },
    withdraw: async by => all.delete(by),
  };
}
