import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type RuleEvent, SimulatedRule } from '../../../test/builders/simulated-rule.ts';

const event: fc.Arbitrary<RuleEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('turn' as const), dies: fc.boolean() }) },
  fc.record({ is: fc.constant('spec' as const), hash: fc.constantFrom('v1', 'v2', 'v3'), disabled: fc.boolean() }),
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('touch' as const),
      touch: fc.constantFrom(
        'edit' as const,
        'save-in-ui' as const,
        'switch' as const,
        'delete' as const,
        'copy' as const,
        'unload' as const,
      ),
    }),
  },
  fc.record({ is: fc.constantFrom('back-up' as const, 'restore' as const, 'empty' as const, 'lose-status' as const) }),
);

const copies = (happened: RuleEvent): boolean => happened.is === 'touch' && happened.touch === 'copy';

/** Turns until nothing is left to do, with the writes that took. */
function settle(world: SimulatedRule): number {
  const before = world.writes;
  for (let turns = 0; turns < 50; turns += 1) if (world.turn().do === 'nothing') return world.writes - before;
  throw new Error(`not settled: ${JSON.stringify(world.turn())}`);
}

it('comes to one rule as the spec asks for it, whatever happens before, and then writes no more', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), events => {
      const world = new SimulatedRule();
      for (const each of events) world.happens(each);
      const copied = events.filter(copies).length;
      expect(settle(world)).toBeLessThanOrEqual(3 + 2 * copied);
      const [rule] = world.own;
      expect(rule).toMatchObject(world.asked);
      expect(rule?.state === 'disabled').toBe(world.asked.disabled);
      expect(settle(world)).toBe(0);
      expect(world.others.now).toEqual(world.others.first);
    }),
    { numRuns: 3_000 },
  );
});

it('leaves one rule, where nobody copies one', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), events => {
      const world = new SimulatedRule();
      for (const each of events) if (!copies(each)) world.happens(each);
      settle(world);
      expect(world.own).toHaveLength(1);
    }),
    { numRuns: 3_000 },
  );
});
