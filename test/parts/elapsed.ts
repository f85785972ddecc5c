import { eventually } from './eventually.ts';

/** Lets so much real time go by: for what waits by a clock that is not ours. */
export async function elapsed(ms: number): Promise<void> {
  const until = performance.now() + ms;
  await eventually(() => performance.now() > until, { everyMs: 1 });
}
