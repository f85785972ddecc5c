import { afterEach, expect, it } from 'vitest';
import { type DeliveryWorldOptions, deliveryWorld, incidentIn } from '../../test/builders/delivery-world.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { type Fault, PortError } from '../domain/ports/port-error.ts';
import type { DeliveryChannel } from './channel.ts';

const MANY = 60;
let close: () => Promise<void>;
afterEach(() => close());

/** A world with a channel that fails while `fault` is set, and one beside it that does not. */
function world({ fault, ...options }: { fault: Fault } & Partial<DeliveryWorldOptions>) {
  const state: { fault: Fault | undefined; calls: number; ofStore: boolean } = { fault, calls: 0, ofStore: false };
  const away: DeliveryChannel = {
    name: 'away',
    async deliver() {
      state.calls += 1;
      if (state.fault) throw new PortError(state.fault, 'it does not answer', { ofStore: state.ofStore });
      return { is: 'delivered', memo: {} };
    },
  };
  const beside: DeliveryChannel = { name: 'beside', deliver: async () => ({ is: 'delivered', memo: {} }) };
  const made = deliveryWorld({ channels: [away, beside], ...options });
  close = () => made.workers.close();
  made.workers.start();
  const openMany = (): void => {
    for (let n = 0; n < MANY; n += 1)
      made.open(
        incidentIn(n % 16, { id: `inc-${String(n % 16).padStart(2, '0')}-waiting${String(n).padStart(6, '0')}` }),
        'away',
        'beside',
      );
  };
  const attempts = (): number => made.pending().reduce((sum, { attempts: each }) => sum + each, 0);
  return { ...made, state, openMany, attempts };
}

it.each<Fault>(['unreachable', 'unavailable', 'unauthorized'])(
  'a channel of which everything is %s is tried now and then, and all that waits goes out soon after it is back',
  async fault => {
    const { state, openMany, attempts, opened, deeds, counted, pending } = world({ fault });
    openMany();
    await eventually(() => opened.includes('away open') && deeds.length === MANY);
    expect(deeds.every(({ work }) => work.channel === 'beside')).toBe(true);
    const before = state.calls;
    await eventually(() => state.calls >= before + 2, { withinMs: 20_000 });
    // Each has been put off several times by now, and hardly any was tried.
    expect(state.calls).toBeLessThan(MANY);
    await eventually(() => attempts() === state.calls && counted.filter(each => each === 'away failed').length === state.calls);

    state.fault = undefined;
    await eventually(() => pending().length === 0, { withinMs: 30_000 });
    expect(opened).toEqual(['away open', 'away closed']);
    expect(state.calls).toBeLessThan(2 * MANY);
  },
);

it.each<Fault>(['forbidden', 'rejected', 'rate-limited'])('a channel where single deliveries are %s holds no other back', async fault => {
  const { state, openMany, opened } = world({ fault });
  openMany();
  await eventually(() => state.calls >= MANY);
  expect(opened).toEqual([]);
});

it('our own store that is away says nothing of a channel', async () => {
  const { state, openMany, opened } = world({ fault: 'unavailable' });
  state.ofStore = true;
  openMany();
  await eventually(() => state.calls >= MANY);
  expect(opened).toEqual([]);
});

it('what waits for a channel that is away has a last try when its time is over, and is given up', async () => {
  const { put, incidents, openMany, opened, letters } = world({ fault: 'unauthorized', giveUpAfterMs: 60_000 });
  openMany();
  await eventually(() => opened.includes('away open'));
  const late = incidentIn(3);
  incidents.set(late.id, late);
  put(late.id, 'away', new Date(Date.now() - 59_500));
  await eventually(() => letters.length === 1);
  expect(letters[0]).toMatchObject({ work: { incidentId: late.id }, reason: 'it does not answer' });
});
