import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Root } from '../parts/installed.ts';
import { runFolder } from '../parts/run-folder.ts';

const run = promisify(execFile);

/** What is upgraded from: a commit or tag; the one before this unless told otherwise. */
const FROM = process.env['UPGRADE_FROM'] ?? 'HEAD~1';

export interface PreviousVersion {
  readonly commit: string;
  /** What starts its operator. */
  readonly program: string;
  /** Its manifests: CRDs, rights and policies. */
  readonly config: string;
}

/** Sources and manifests of the version before, beside the packages of this one. Where a clone has no history, what is committed now. */
export async function previousVersion(): Promise<PreviousVersion> {
  const git = async (...args: readonly string[]): Promise<string> => (await run('git', ['-C', Root, ...args])).stdout.trim();
  const commit = await git('rev-parse', '--verify', '--quiet', `${FROM}^{commit}`).catch(() => git('rev-parse', 'HEAD'));
  const folder = runFolder('previous');
  const archive = join(folder, 'sources.tar');
  await git('archive', '--format=tar', `--output=${archive}`, commit, 'src', 'config', 'package.json');
  await run('tar', ['-xf', archive, '-C', folder]);
  symlinkSync(join(Root, 'node_modules'), join(folder, 'node_modules'));
  return { commit, program: join(folder, 'src/main.ts'), config: join(folder, 'config') };
}
