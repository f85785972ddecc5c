import { setFlagsFromString } from 'node:v8';

/** Has V8 prefer little memory to the last bit of speed (docs/adr/0003). An older V8 does not know the flag and would complain. */
export function saveMemory(nodeMajor: number): void {
  if (nodeMajor >= 24) setFlagsFromString('--memory-saver-mode');
}
