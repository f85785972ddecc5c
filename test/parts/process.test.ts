import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { freePort, onFreePorts, PortTaken, portAt } from './free-port.ts';
import { cacheFolder } from './installed.ts';
import { type Child, startChild, untilReady } from './process.ts';
import { runFolder } from './run-folder.ts';

const children: Child[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map(child => child.kill9()));
});

function shell(script: string): Child {
  const child = startChild({ name: 'a shell', command: 'sh', args: ['-c', script] });
  children.push(child);
  return child;
}

/** Gone, or only a zombie that its reaper has not fetched yet. */
function gone(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return true;
  return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'exit'] as const)('leaves no child behind when the parent ends by %s', async how => {
  const ending = how === 'exit' ? 'process.exit(3)' : 'setInterval(() => {}, 1000)';
  const script = `import { startChild } from ${JSON.stringify(join(import.meta.dirname, 'process.ts'))};
    const child = startChild({ name: 'sleep', command: 'sleep', args: ['600'] });
    process.stdout.write(child.pid + '\\n', () => { ${ending}; });`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
  const pid = Number(line);
  const before = gone(pid);
  if (how !== 'exit') parent.kill(how);
  await eventually(() => gone(pid));
  expect(pid).toBeGreaterThan(1);
  expect(how === 'exit' || !before).toBe(true);
});

it('says what a part said when it ends before it is ready', async () => {
  const child = shell('echo no such file: x.yml >&2; exit 4');
  await expect(untilReady(child, () => Promise.resolve(false))).rejects.toThrow(/ended with 4 before it was ready[^]*no such file: x\.yml/);
});

it('says that a program is not there', async () => {
  const child = startChild({ name: 'nothing', command: '/nowhere/nothing', args: [] });
  await expect(untilReady(child, () => Promise.resolve(false))).rejects.toThrow(/\/nowhere\/nothing/);
});

it('kills a part that never gets ready', async () => {
  const child = shell('echo waiting for nothing; exec sleep 600');
  await expect(untilReady(child, () => Promise.resolve(false), 300)).rejects.toThrow(/not ready within 300 ms[^]*waiting for nothing/);
  expect(child.running()).toBe(false);
});

it('kills a part that ignores SIGTERM once its grace is over', async () => {
  const child = shell(`trap '' TERM; echo deaf; while :; do sleep 1; done`);
  await eventually(() => child.log().includes('deaf'));
  await child.stop(100);
  expect(await child.exited).toBe('SIGKILL');
});

it('stops a part that is frozen', async () => {
  const child = shell('exec sleep 600');
  child.freeze();
  await child.stop();
  expect(await child.exited).toBe('SIGTERM');
});

it('takes other ports when one was taken between the look and the start', async () => {
  const tried: number[] = [];
  const got = await onFreePorts(1, async ports => {
    tried.push(portAt(ports, 0));
    if (tried.length === 1) await untilReady(shell('echo bind: Address already in use; exit 1'), () => Promise.resolve(false));
    return portAt(ports, 0);
  });
  expect(tried).toHaveLength(2);
  expect(got).toBe(tried[1]);
});

it('gives up after five tries, and at once on any other error', async () => {
  let tries = 0;
  const taken = onFreePorts(1, () => {
    tries++;
    return Promise.reject(new PortTaken('taken'));
  });
  await expect(taken).rejects.toThrow('taken');
  expect(tries).toBe(5);
  await expect(onFreePorts(1, () => Promise.reject(new Error('other')))).rejects.toThrow('other');
});

it('gives a port that can be listened on', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  expect(server.listening).toBe(true);
  server.close();
});

it('sweeps the folders of processes that are gone, and only those', async () => {
  const ended = spawn('true');
  await once(ended, 'exit');
  const mine = runFolder('mine');
  expect(existsSync(mine)).toBe(true);
  const stale = join(cacheFolder(), 'run', `${ended.pid}-stale-x`);
  mkdirSync(stale);
  runFolder('other');
  expect(existsSync(stale)).toBe(false);
  expect(existsSync(mine)).toBe(true);
});
