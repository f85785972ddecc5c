import { describe, expect, it } from 'vitest';
import { chainStateContract, deedLogContract, sendRateContract } from '../../../test/contracts/delivery-state.contract.ts';
import { DEED_CLAIMED_MS } from '../../domain/ports/deed-log.ts';
import { memoryChainState } from './chain-state.ts';
import { memoryDeedLog } from './deed-log.ts';
import { memorySendRate } from './send-rate.ts';

describe('SendRate in memory', () => {
  sendRateContract(() => {
    let at = 0;
    return { rate: memorySendRate({ now: () => new Date(at) }), elapse: async ms => void (at += ms) };
  });
});

describe('DeedLog in memory', () => {
  deedLogContract(() => memoryDeedLog({ now: () => new Date(0) }));

  it('takes a claim back after its time, and not before', async () => {
    let at = 0;
    const log = memoryDeedLog({ now: () => new Date(at) });
    const { signal } = new AbortController();
    expect([await log.claim('p', signal), await log.claim('p', signal)]).toEqual(['ours', 'others']);
    at = DEED_CLAIMED_MS - 1;
    expect(await log.claim('p', signal)).toBe('others');
    at = DEED_CLAIMED_MS;
    expect(await log.claim('p', signal)).toBe('ours');
  });
});

describe('ChainState in memory', () => {
  chainStateContract(memoryChainState);
});
