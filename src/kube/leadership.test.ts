import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { LeadershipTerm } from './leadership.ts';

let term: LeadershipTerm;
afterEach(() => term.end('over'));

/** As a SIGSTOP does to it: nothing runs, no timer fires, and the clock goes on. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a term of leadership', () => {
  it('ends by itself when nothing is renewed', async () => {
    term = new LeadershipTerm(performance.now(), 50);
    expect(term.isLeading()).toBe(true);
    await eventually(() => term.signal.aborted);
    expect(() => term.assertLeading()).toThrow('leads no longer');
  });

  it('is known to be over at the first question after a freeze, before any timer', () => {
    term = new LeadershipTerm(performance.now(), 100);
    freeze(150);
    expect(term.signal.aborted).toBe(false);
    expect(term.isLeading()).toBe(false);
    expect(term.signal.aborted).toBe(true);
  });

  it('goes on while it is renewed, counted from when the renewal was sent', () => {
    term = new LeadershipTerm(performance.now(), 200);
    freeze(120);
    term.renewed(performance.now());
    freeze(120);
    expect(term.isLeading()).toBe(true);
    term.renewed(performance.now() - 300);
    expect(term.isLeading()).toBe(false);
  });

  it('stays over, even if an answer comes after all', () => {
    term = new LeadershipTerm(performance.now(), 50);
    freeze(60);
    term.renewed(performance.now());
    expect(term.isLeading()).toBe(false);
  });
});
