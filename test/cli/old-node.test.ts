import { expect, it } from 'vitest';
import { awoooi } from './shell.ts';

/** Runs before everything else, as what an older Node would say of itself. */
function claiming(version: string): string {
  const program = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return `--import=data:text/javascript,${encodeURIComponent(program)}`;
}

it.each(['20.20.2', '22.18.9'])('Node %s is told to be too old, with 2 and a sentence', async version => {
  const { status, stdout, stderr } = await awoooi(['--version'], { nodeFlags: [claiming(version)] });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(new RegExp(`^awoooi: Node ${version} is too old: use 22\\.19 or newer, .*\n$`));
});

it.each(['22.19.0', '24.0.0', '26.1.0'])('Node %s is taken', async version => {
  expect(await awoooi(['--version'], { nodeFlags: [claiming(version)] })).toMatchObject({ status: 0, stderr: '' });
});
