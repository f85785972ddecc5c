import { expect, it } from 'vitest';
import type { WatchdogSighting, WatchdogSightings } from '../../src/domain/ports/watchdog-sightings.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
export const sighting = (over: Partial<WatchdogSighting> = {}): WatchdogSighting => ({
  source: 'alertmanager',
  labels: { alertname: 'Watchdog', cluster: 'c1' },
  status: 'firing',
  at: new Date('2026-11-23T08:00:00.000Z'),
  ...over,
});

/** What every WatchdogSightings promises. */
export function watchdogSightingsContract(make: () => WatchdogSightings): void {
  it('keeps the newest of each Watchdog, told apart by source and labels', async () => {
    const sightings = make();
    const resolved = sighting({
      labels: { cluster: 'c1', alertname: 'Watchdog' },
      status: 'resolved',
      at: new Date('2026-11-23T08:01:00.000Z'),
    });
    const second = sighting({ labels: { alertname: 'Watchdog', cluster: 'c2' } });
    const signoz = sighting({ source: 'signoz' });
    for (const seen of [sighting(), resolved, second, signoz]) await sightings.record(seen, soon());
    const found = await sightings.list('alertmanager', soon());
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining([resolved, second]));
    expect(await sightings.list('signoz', soon())).toEqual([signoz]);
  });
}
