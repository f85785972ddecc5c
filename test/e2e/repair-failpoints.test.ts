import { beforeAll, expect, it } from 'vitest';
import { REPAIR_EFFECTS } from '../../src/config/slices/faults.ts';
import { STORIES } from './repair-deaths.ts';
import { repairLane } from './repair-lane.ts';
import { MORE_STORIES } from './repair-other-deaths.ts';
import { raiseStage, type Stage } from './stage.ts';

const ALL = [...STORIES, ...MORE_STORIES];
const LONG_MS = 300_000;

let first: Stage;

beforeAll(async () => {
  first = await raiseStage('repair-failpoints', { workloads: true });
});

it('every effect has its story', () => {
  const named = ALL.flatMap(({ deaths }) => deaths.map(({ failpoint }) => failpoint.split(':').slice(0, 2).join(':')));
  const effects = [...REPAIR_EFFECTS, 'show-repair'].flatMap(effect => [`${effect}:after`, `${effect}:before`]);
  expect([...new Set(named)].toSorted()).toEqual(effects.toSorted());
});

/** Each has a namespace, a Redis and an Alertmanager of its own, and one operator after the other, each killed where the one before had got to. */
it.concurrent.each(ALL)(
  'is made good when operator after operator is killed as $title',
  async ({ before, deaths, ends }) => {
    const lane = await repairLane(first, 'repair-deaths');
    try {
      await before(lane);
      for (const { failpoint, meanwhile, leaves } of deaths) {
        const end = await lane.death(failpoint, async () => meanwhile?.(lane));
        expect([failpoint, end]).toEqual([failpoint, 'SIGKILL']);
        await leaves?.(lane);
      }
      const survivor = await lane.survivor();
      try {
        await ends(lane);
      } finally {
        await survivor.stop();
      }
    } finally {
      await lane.stop();
    }
  },
  LONG_MS,
);
