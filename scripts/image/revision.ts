import { execFileSync } from 'node:child_process';

/** The commit that a clone is at, with -dirty where what goes into the image is not as committed: nobody could look up what it holds. */
export function revisionOf(root: string, paths: readonly string[]): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const there = paths.map(path => `:(top)${path}`);
  return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain', '--', ...there) === '' ? '' : '-dirty'}`;
}
