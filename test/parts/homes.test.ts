import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { Root } from './installed.ts';
import { sharedControlPlane } from './shared-control-plane.ts';

/** Runs test files as `make e2e` does, in a vitest of its own, and gives how that ended and what it said. */
async function suite(file: string, env: Readonly<Record<string, string>>): Promise<{ status: number | null; said: string }> {
  const vitest = join(Root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', file], {
    cwd: Root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const status = new Promise<number | null>(resolve => child.once('close', resolve));
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, said: said.join('') };
}

it('runs a file of the suite on the cluster of KUBECONFIG, and on no control plane of its own', async () => {
  const cluster = await sharedControlPlane();
  const { status, said } = await suite('test/e2e/namespaces.test.ts', { KUBECONFIG: cluster.adminKubeconfig });
  expect(said).toContain('\n1 passed, 0 failed, 0 skipped\n');
  expect(status).toBe(0);
  const namespaces = JSON.stringify((await cluster.request('/api/v1/namespaces')).body);
  for (const name of ['"awoooi-tests"', '"e2e-good-', '"e2e-refused-']) expect(namespaces).toContain(name);
}, 240_000);

it('refuses to choose between a version and a cluster', async () => {
  const { status, said } = await suite('test/architecture.test.ts', { K8S: '1.34', KUBECONFIG: '/their/config' });
  expect(status).not.toBe(0);
  expect(said).toContain(
    'K8S=1.34 asks for a control plane of our own, KUBECONFIG=/their/config for a cluster that runs already: set one of them.',
  );
});
