import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The Dockerfile's first step: the packages that the image will hold, as the lock file has them, and beside the clone the one program that
 * bundles ours. Where the build's context brought them along (`make image PACKAGES=clone`), no registry is asked.
 */
function install(root: string): void {
  if (existsSync(join(root, 'node_modules/rolldown'))) {
    console.log('install: the packages came with the build context');
    return;
  }
  const { devDependencies }: { devDependencies: { rolldown: string } } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Not `npm ci`, for the reason that scripts/setup/node-modules.sh gives. A lock file that is no match is found by `make setup`.
  npm(root, ['install', '--omit=dev', '--ignore-scripts', '--no-save']);
  // In the folder above, where Node looks next: a second install in the same one would remove what the first brought.
  npm(root, ['install', '--prefix', dirname(root), '--no-save', `rolldown@${devDependencies.rolldown}`]);
}

function npm(cwd: string, args: readonly string[]): void {
  execFileSync('npm', [...args, '--no-progress', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, stdio: 'inherit' });
}

install(join(import.meta.dirname, '../..'));
