import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { revisionOf } from './revision.ts';

it('says of an image that what it holds is in no commit', ctx => {
  const root = runFolder('revision');
  ctx.onTestFinished(() => removeFolder(root));
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  const git = (...args: readonly string[]): string => execFileSync('git', [...who, ...args], { cwd: root, encoding: 'utf8' }).trim();
  mkdirSync(join(root, 'src'));
  for (const file of ['src/a.ts', 'notes.md']) writeFileSync(join(root, file), 'a');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message=a');
  const revision = (): string => revisionOf(root, ['src', 'packages.tar']);
  writeFileSync(join(root, 'notes.md'), 'nothing of the image');
  expect(revision()).toBe(git('rev-parse', 'HEAD'));
  writeFileSync(join(root, 'src/b.ts'), 'not added yet');
  expect(revision()).toBe(`${git('rev-parse', 'HEAD')}-dirty`);
});
