import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { PortTaken } from './free-port.ts';

export interface ChildSpec {
  /** How messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A child process that never outlives this one: the kernel kills it when its parent dies, however the parent dies. */
export interface Child {
  readonly pid: number;
  readonly name: string;
  /** The last 256 KiB of what it wrote to stdout and stderr. */
  log(): string;
  running(): boolean;
  /** Resolves once it has ended: the exit status, or the signal's name. */
  readonly exited: Promise<number | string>;
  /** SIGTERM, and SIGKILL once `graceMs` are over. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL. Resolves when it is gone. */
  kill9(): Promise<void>;
  /** SIGSTOP: it holds its connections and answers nothing. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

const LogLimit = 256 * 1024;

/** Had we died before setpriv spoke to the kernel, nothing would end the child: it looks whether we are still its parent. */
const Guard = '[ "$PPID" = "$1" ] || exit 125; shift; exec "$@"';

export function startChild({ name, command, args, cwd, env }: ChildSpec): Child {
  // A process group of its own, so that Ctrl-C reaches only us and parts are stopped in order; setpriv (util-linux) ties its life to ours.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sh', '-c', Guard, 'sh', `${process.pid}`, command, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
  const log = tail(child);
  const exited = ending(child, name, log);
  const running = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const kill9 = async (): Promise<void> => {
    if (running()) child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid ?? -1,
    name,
    log: () => log.text(),
    running,
    exited,
    kill9,
    async stop(graceMs = 5_000) {
      if (running()) {
        child.kill('SIGCONT');
        child.kill('SIGTERM');
      }
      const timer = setTimeout(() => void kill9(), graceMs);
      await exited;
      clearTimeout(timer);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

/** Waits until `check` resolves to true. Fails at once when the child ends first, and after `withinMs`, both with the end of its log. */
export async function untilReady(child: Child, check: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (child.running()) {
    if (await check().catch(() => false)) return;
    if (performance.now() > deadline) {
      await child.kill9();
      throw new Error(`${child.name} was not ready within ${withinMs} ms. The end of its log:\n${child.log().slice(-3_000)}`);
    }
    await pause(30);
  }
  const status = await child.exited;
  const message = `${child.name} ended with ${status} before it was ready. The end of its log:\n${child.log().slice(-3_000)}`;
  throw /address already in use/i.test(child.log()) ? new PortTaken(message) : new Error(message);
}

/** True when a GET is answered 2xx within a second. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.body?.cancel();
  return response.ok;
}

interface Tail {
  text(): string;
  add(chunk: string): void;
}

function tail(child: ChildProcess): Tail {
  let text = '';
  const add = (chunk: string): void => {
    text = (text + chunk).slice(-LogLimit);
  };
  child.stdout?.setEncoding('utf8').on('data', add);
  child.stderr?.setEncoding('utf8').on('data', add);
  return { text: () => text, add };
}

async function ending(child: ChildProcess, name: string, log: Tail): Promise<number | string> {
  const failed = new Promise<number>(resolve => {
    child.once('error', err => {
      log.add(`${name} could not be started: ${err.message}\n`);
      resolve(127);
    });
  });
  const closed = once(child, 'close').then((): number | string => child.exitCode ?? child.signalCode ?? 'unknown');
  return Promise.race([failed, closed]);
}
