import { describe, expect, it } from 'vitest';
import { chainStateContract, pressLogContract, sendRateContract } from '../../../test/contracts/delivery-state.contract.ts';
import { PRESS_CLAIMED_MS } from '../../domain/ports/press-log.ts';
import { memoryChainState } from './chain-state.ts';
import { memoryPressLog } from './press-log.ts';
import { memorySendRate } from './send-rate.ts';

describe('SendRate in memory', () => {
  sendRateContract(() => {
    let at = 0;
    return { rate: memorySendRate({ now: () => new Date(at) }), elapse: async ms => void (at += ms) };
  });
});

describe('PressLog in memory', () => {
  pressLogContract(() => memoryPressLog({ now: () => new Date(0) }));

  it('takes a claim back after its time, and not before', async () => {
    let at = 0;
    const log = memoryPressLog({ now: () => new Date(at) });
    const { signal } = new AbortController();
    expect([await log.claim('p', signal), await log.claim('p', signal)]).toEqual(['ours', 'others']);
    at = PRESS_CLAIMED_MS - 1;
    expect(await log.claim('p', signal)).toBe('others');
    at = PRESS_CLAIMED_MS;
    expect(await log.claim('p', signal)).toBe('ours');
  });
});

describe('ChainState in memory', () => {
  chainStateContract(memoryChainState);
});
