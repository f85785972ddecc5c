import { expect, it } from 'vitest';
import type { AlertIntake, ReceivedAlert } from '../../src/domain/ports/alert-intake.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
export const received = (alertname: string): ReceivedAlert => ({
  source: 'alertmanager',
  receivedAt: new Date('2026-11-23T08:00:00.000Z'),
  alert: { status: 'firing', labels: { alertname } },
  envelope: { receiver: 'awoooi' },
});

/** What every AlertIntake promises. `stored` reads back what it holds, in order. */
export function alertIntakeContract(
  make: () => { readonly intake: AlertIntake; readonly stored: () => Promise<readonly unknown[]> },
): void {
  it('holds every alert of a request, in order', async () => {
    const { intake, stored } = make();
    const alerts = Array.from({ length: 300 }, (_, n) => received(`A${n}`));
    await intake.append(alerts, soon());
    await intake.append([], soon());
    await intake.append([received('last')], soon());
    const plain: unknown = JSON.parse(JSON.stringify([...alerts, received('last')]));
    expect(JSON.parse(JSON.stringify(await stored()))).toEqual(plain);
  });

  it('knows when something last came', async () => {
    const { intake } = make();
    expect(await intake.lastReceived(soon())).toBeUndefined();
    await intake.touch(new Date('2026-11-23T08:00:00.123Z'), soon());
    expect(await intake.lastReceived(soon())).toEqual(new Date('2026-11-23T08:00:00.123Z'));
  });
}
