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

const minuteOf = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 8, minute));

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
    expect(found).toEqual(expect.arrayContaining([resolved, { ...second, steadySince: second.at }]));
    expect(await sightings.list('signoz', soon())).toEqual([{ ...signoz, steadySince: signoz.at }]);
  });

  it('says since when a Watchdog was heard again and again', async () => {
    const sightings = make();
    const heard = async (minute: number, status: 'firing' | 'resolved' = 'firing') => {
      await sightings.record(sighting({ status, at: minuteOf(minute) }), soon());
      return (await sightings.list('alertmanager', soon()))[0]?.steadySince;
    };
    expect(await heard(0)).toEqual(minuteOf(0));
    expect(await heard(5)).toEqual(minuteOf(0));
    expect(await heard(15)).toEqual(minuteOf(0));
    expect(await heard(26)).toEqual(minuteOf(26));
    expect(await heard(27)).toEqual(minuteOf(26));
    expect(await heard(28, 'resolved')).toBeUndefined();
    expect(await heard(29)).toEqual(minuteOf(29));
  });
}
