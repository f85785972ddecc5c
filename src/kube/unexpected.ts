import type { Fault } from './reconcile.ts';

/** How a failure reads that is none of the world's. Its own text may hold anything: it goes to the log, not onto the object. */
export function unexpected(what: string): Fault {
  return {
    reason: 'Unexpected',
    message: `The operator failed while it looked after this ${what}; its log says why. It tries again by itself.`,
  };
}
