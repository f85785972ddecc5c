import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './installed.ts';

/**
 * A fresh empty folder for one instance of a part, under the cache folder. Folders of processes that died before they could remove theirs
 * are swept.
 */
export function runFolder(name: string): string {
  const base = join(cacheFolder(), 'run');
  mkdirSync(base, { recursive: true });
  for (const entry of readdirSync(base)) {
    if (!alive(Number.parseInt(entry, 10))) removeFolder(join(base, entry));
  }
  return mkdtempSync(join(base, `${process.pid}-${name}-`));
}

/** Removes a folder that `runFolder` gave. A process that is just dying may still write there: it is tried again. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    // EPERM: somebody else's process, so it lives.
    return err instanceof Error && 'code' in err && err.code === 'EPERM';
  }
}
