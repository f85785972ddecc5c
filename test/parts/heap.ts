import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from './eventually.ts';

setFlagsFromString('--expose-gc');

/** How many bytes of objects and buffers are left after a full collection. */
export function heapBytes(): number {
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Resolves with how much the heap has grown since `before`, once that is less than `limit`: buffers and sockets are let go of some turns later. */
export function growthBelow(limit: number, before: number): Promise<number> {
  return eventually(() => {
    const growth = heapBytes() - before;
    if (growth >= limit) throw new Error(`the heap has grown by ${growth} bytes, from ${before}`);
    return growth;
  });
}
