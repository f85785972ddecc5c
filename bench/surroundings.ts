import { execFileSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { kubernetesFolder, pinned } from '../test/parts/control-plane-version.ts';
import { pathOf, Root } from '../test/parts/installed.ts';

/** What the figures depend on, as far as the machine goes. The load tells whether others were at work too. */
export function machineFacts(): Record<string, string | number> {
  const [first] = cpus();
  return {
    cpus: cpus().length,
    cpu: first?.model.trim() ?? 'unknown',
    memoryMiB: Math.round(totalmem() / 1024 / 1024),
    system: `${platform()} ${release()}`,
    loadAverage: Math.round((loadavg()[1] ?? 0) * 10) / 10,
  };
}

export function versionFacts(): Record<string, string> {
  return {
    node: process.version,
    'kube-apiserver': pinned(kubernetesFolder(), 'k8s.io/kubernetes'),
    etcd: pinned('control-plane', 'go.etcd.io/etcd/server/v3'),
    redis: /v=(\S+)/.exec(said(pathOf('redis-server')))?.[1] ?? 'unknown',
    alertmanager: /version (\S+)/.exec(said(pathOf('alertmanager-0.33')))?.[1] ?? 'unknown',
  };
}

/** With `-dirty` where what ran is not what was committed. */
export function commitOfTree(): string {
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'bench', 'package.json') !== '';
    return git('rev-parse', 'HEAD') + (changed ? '-dirty' : '');
  } catch {
    return 'unknown';
  }
}

const git = (...args: string[]): string => execFileSync('git', args, { cwd: Root, encoding: 'utf8' }).trim();

function said(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' });
}
