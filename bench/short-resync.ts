import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/** Loaded before the operator: what it pauses for about ten minutes (the resync, within a tenth) it pauses for one. */
const pause = timers.setTimeout;
const isResync = (ms: number): boolean => ms >= 540_000 && ms <= 660_000;

Object.defineProperty(timers, 'setTimeout', {
  value: (ms: number, ...rest: [unknown?, { signal?: AbortSignal }?]) => pause(isResync(ms) ? ms / 10 : ms, ...rest),
});
syncBuiltinESMExports();
