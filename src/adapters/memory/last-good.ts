import type { LastGood } from '../../domain/ports/last-good.ts';

export function memoryLastGood(): LastGood {
  let last: Date | undefined;
  const mark = (at: Date): Date => {
    if (!last || at > last) last = at;
    return at;
  };
  return {
    mark: async at => mark(at),
    move: async at => (last ? mark(at) : undefined),
    read: async () => last,
  };
}
