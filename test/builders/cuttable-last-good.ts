import type { LastGood } from '../../src/domain/ports/last-good.ts';
import { PortError } from '../../src/domain/ports/port-error.ts';

/** A way to the store that can be cut. */
export function cuttableLastGood(kept: LastGood) {
  const state = { away: false, refused: 0 };
  const reach = async (): Promise<void> => {
    if (!state.away) return;
    state.refused += 1;
    throw new PortError('unavailable', 'Redis is away');
  };
  const lastGood: LastGood = {
    mark: (at, by) => reach().then(() => kept.mark(at, by)),
    move: (at, by) => reach().then(() => kept.move(at, by)),
    read: by => reach().then(() => kept.read(by)),
  };
  return { state, lastGood };
}
