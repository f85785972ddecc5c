import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../test/parts/eventually.ts';

function demo(env: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env: { ...process.env, ...env }, stdio: 'pipe' });
  const said = text(child.stdout);
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  return { child, said, ended };
}

/** Fields of /proc/PID/stat after the name: state, parent … Nothing for a process that is gone. */
function stat(pid: number): readonly string[] {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.map(Number).filter(pid => stat(pid)[1] === `${parent}`);
}

const gone = (pid: number): boolean => /^[ZX]?$/.test(stat(pid)[0] ?? '');

it('says which sections there are when one is named that is none, and starts nothing', async () => {
  const { said, ended } = demo({ ONLY: 'chian' });
  expect(await ended).toBe(2);
  expect(await said).toMatch(/no section chian\. ONLY may name: .*chain/);
});

it('leaves nothing running after Ctrl-C', async () => {
  const { child, said, ended } = demo({ ONLY: 'chain' });
  const parent = child.pid ?? -1;
  await eventually(() => childrenOf(parent).length >= 2, { withinMs: 50_000 });
  const parts = childrenOf(parent);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(await said).toContain('Stopping everything');
  await eventually(() => parts.every(gone));
});

it.each(['incidents', 'rules', 'repairs'])('shows the section %s, in which nothing goes wrong', { timeout: 300_000 }, async section => {
  const { child, said, ended } = demo({ ONLY: section });
  onTestFinished(() => void child.kill('SIGTERM'));
  expect([await ended, await said]).toEqual([0, expect.stringContaining('Everything went as it should.')]);
});
