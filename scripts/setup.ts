import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { kubernetesFolder } from '../test/parts/control-plane-version.ts';
import { FOREIGN_CRDS, hasForeignCrds } from '../test/parts/foreign-crds.ts';
import { AllBinaries, cacheFolder, find } from '../test/parts/installed.ts';
import { ensureDebianPrograms } from './setup/debian-programs.ts';
import { ensureForeignCrds } from './setup/foreign-crds.ts';
import { ensureGoPrograms } from './setup/go-programs.ts';
import { ensureKubectl } from './setup/kubectl.ts';
import { onPath } from './setup/run.ts';

const Locked = 'AWOOOI_SETUP_LOCKED';

/** Gets every part that tests, demo and bench run. Exit status 1 when one cannot be had, after saying which and how a person gets it. */
async function setup(): Promise<number> {
  try {
    // An unknown version is said before anything is fetched.
    kubernetesFolder();
    if (AllBinaries.every(binary => find(binary) !== undefined) && FOREIGN_CRDS.every(hasForeignCrds)) {
      console.log(`setup: every part is there (${cacheFolder()})`);
      return 0;
    }
    if (process.env[Locked] === undefined) return again();
    await ensureKubectl();
    await ensureDebianPrograms();
    await ensureGoPrograms();
    await ensureForeignCrds();
  } catch (err) {
    console.error(`setup: ${err instanceof Error ? err.message : String(err)}`);
    return 1;
  }
  console.log('setup: every part is there now');
  return 0;
}

/** Runs itself under a lock that the kernel lets go of however the holder ends, so that two clones never fill the cache at once. */
function again(): number {
  if (onPath('flock') === undefined || onPath('setpriv') === undefined) {
    console.error('setup: flock and setpriv are missing: install the package util-linux');
    return 1;
  }
  mkdirSync(cacheFolder(), { recursive: true });
  const lock = join(cacheFolder(), 'setup.lock');
  const command = [lock, process.execPath, import.meta.filename];
  const options = { stdio: 'inherit', env: { ...process.env, [Locked]: '1' } } as const;
  const busy = 75;
  const { status } = spawnSync('flock', ['--nonblock', '--conflict-exit-code', `${busy}`, ...command], options);
  if (status !== busy) return status ?? 1;
  console.log('setup: another setup is filling the same cache; waiting for it');
  return spawnSync('flock', command, options).status ?? 1;
}

process.exitCode = await setup();
