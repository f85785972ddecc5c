import type { LastGood } from '../../domain/ports/last-good.ts';

export function memoryLastGood(): LastGood {
  let last: Date | undefined;
  return {
    async mark(at) {
      if (!last || at > last) last = at;
    },
    read: async () => last,
  };
}
