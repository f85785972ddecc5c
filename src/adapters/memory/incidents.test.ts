import { describe } from 'vitest';
import { incidentListContract } from '../../../test/contracts/incident-list.contract.ts';
import { incidentLifeContract } from '../../../test/contracts/incident-life.contract.ts';
import { incidentRepairsContract } from '../../../test/contracts/incident-repairs.contract.ts';
import { incidentStoreContract } from '../../../test/contracts/incident-store.contract.ts';
import { REOPEN_WITHIN_MS } from '../../../test/contracts/incident-world.ts';
import { outboxContract } from '../../../test/contracts/outbox.contract.ts';
import { outboxLossesContract } from '../../../test/contracts/outbox-losses.contract.ts';
import { resolvedChainContract } from '../../../test/contracts/resolved-chain.contract.ts';
import { memoryChainState } from './chain-state.ts';
import { memoryIncidents } from './incidents.ts';

function world() {
  let at = Date.UTC(2026, 10, 23, 9);
  return {
    ...memoryIncidents({ now: () => new Date(at), replica: 'r1', reopenWithinMs: REOPEN_WITHIN_MS }),
    elapse: async (ms: number) => void (at += ms),
  };
}

describe('IncidentStore in memory', () => {
  incidentStoreContract(world);
  incidentLifeContract(world);
  incidentRepairsContract(world);
});

describe('chains in memory', () => {
  resolvedChainContract(() => ({ ...world(), chain: memoryChainState() }));
});

describe('the list of an IncidentStore in memory', () => {
  incidentListContract(async () => world());
});

describe('Outbox in memory', () => {
  outboxContract(async () => world());
  outboxLossesContract(async () => world());
});
