import { expect, it } from 'vitest';
import type { AlertIntake } from '../../src/domain/ports/alert-intake.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);

/** What every AlertIntake promises. */
export function alertIntakeContract(make: () => AlertIntake): void {
  it('knows when something last came', async () => {
    const intake = make();
    expect(await intake.lastReceived(soon())).toBeUndefined();
    await intake.touch(new Date('2026-11-23T08:00:00.123Z'), soon());
    expect(await intake.lastReceived(soon())).toEqual(new Date('2026-11-23T08:00:00.123Z'));
  });
}
