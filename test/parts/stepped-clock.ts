import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathOf } from './installed.ts';
import { removeFolder, runFolder } from './run-folder.ts';

export interface SteppedClock {
  /** For the program whose clock it is. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets its wall clock to so many seconds from the machine's, as an administrator or NTP may; it sees that within a second. */
  step(seconds: number): void;
  stop(): void;
}

/** The wall clock of one program. The monotonic clock goes on undisturbed, as in a kernel. */
export function steppedClock(): SteppedClock {
  const folder = runFolder('clock');
  const file = join(folder, 'offset');
  const step = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`);
  step(0);
  const env = { LD_PRELOAD: library(), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_CACHE_DURATION: '1', DONT_FAKE_MONOTONIC: '1' };
  return { env, step, stop: () => removeFolder(folder) };
}

/** Debian keeps libraries in a folder of the machine's architecture. */
function library(): string {
  const libraries = join(dirname(pathOf('faketime')), 'usr/lib');
  const [architecture = ''] = readdirSync(libraries);
  return join(libraries, architecture, 'faketime/libfaketime.so.1');
}
