import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { program } from '../parts/program.ts';

const RULES = Array.from({ length: 2000 }, (_, n) => `  - {alert: A${n}, expr: up > ${n}, for: 5m, labels: {severity: info}}\n`).join('');

function convert(stdout: 'pipe' | number) {
  const child = spawn(process.execPath, [program(), 'rules', 'convert', '--channel', 'ops', '-'], {
    env: {},
    stdio: ['pipe', stdout, 'pipe'],
  });
  child.stdin?.end(`groups:\n- name: g\n  rules:\n${RULES}`);
  return child;
}

it('takes a reader that has seen enough for no fault', async () => {
  const child = convert('pipe');
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [said, [status]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')]);
  expect(said).toMatch(/2000 rules: 2000 translated.*\n$/);
  expect(status).toBe(0);
});

it('says in a sentence that its output cannot be written, and ends with 2', async () => {
  const full = await open('/dev/full', 'w');
  const child = convert(full.fd);
  const [said, [status]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')]);
  await full.close();
  expect(said).toContain('awoooi: standard output cannot be written: ENOSPC');
  expect(said).not.toMatch(/^\s+at /m);
  expect(status).toBe(2);
});
