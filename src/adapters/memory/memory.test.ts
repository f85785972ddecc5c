import { describe } from 'vitest';
import { alertIntakeContract } from '../../../test/contracts/alert-intake.contract.ts';
import { drillApprovalsContract } from '../../../test/contracts/drill-approvals.contract.ts';
import { drillRegistryContract } from '../../../test/contracts/drill-registry.contract.ts';
import { lastGoodContract } from '../../../test/contracts/last-good.contract.ts';
import { stormsContract } from '../../../test/contracts/storms.contract.ts';
import { watchdogSightingsContract } from '../../../test/contracts/watchdog-sightings.contract.ts';
import { memoryAlertIntake } from './alert-intake.ts';
import { memoryDrillApprovals } from './drill-approvals.ts';
import { memoryDrillRegistry } from './drill-registry.ts';
import { memoryLastGood } from './last-good.ts';
import { memoryStorms } from './storms.ts';
import { memoryWatchdogSightings } from './watchdog-sightings.ts';

describe('DrillRegistry in memory', () => {
  drillRegistryContract(() => {
    const registry = memoryDrillRegistry({ now: () => new Date() });
    return { registry, other: registry };
  });
});

describe('AlertIntake in memory', () => {
  alertIntakeContract(memoryAlertIntake);
});

describe('WatchdogSightings in memory', () => {
  watchdogSightingsContract(memoryWatchdogSightings);
});

describe('LastGood in memory', () => {
  lastGoodContract(() => {
    const lastGood = memoryLastGood();
    return { lastGood, other: lastGood };
  });
});

describe('Storms in memory', () => {
  stormsContract(({ idleMs }) => {
    const storms = memoryStorms({ idleMs, now: () => new Date() });
    return { storms, other: storms };
  });
});

describe('DrillApprovals in memory', () => {
  drillApprovalsContract(() => {
    const drills = memoryDrillApprovals({ now: () => new Date() });
    return { ours: drills, other: drills };
  });
});
