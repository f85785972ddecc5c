import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseRepairStage, type RepairStage, type RunView, SOON } from '../e2e/repair-stage.ts';
import { eventually } from '../parts/eventually.ts';
import { cacheFolder, pathOf, Root } from '../parts/installed.ts';
import { program } from '../parts/program.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';

const PAGE = readFileSync(join(Root, 'docs/guides/first-playbook.md'), 'utf8');
/** Those for Helm stand on docs/install.md, too, whose test runs them. */
const BLOCKS = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text).filter(text => !text.startsWith('helm '));
const ALERT = 'APIHighErrorRate';
const run = promisify(execFile);

let repair: RepairStage;
let folder: string;
/** How many blocks were run. */
let done = 0;

beforeAll(async () => {
  folder = runFolder('guide');
  const programs = { curl: join(Root, 'test/docs/curl-program.ts'), awoooi: program() };
  for (const [name, path] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' -- '${path}' "$@"\n`, { mode: 0o755 });
  }
  repair = await raiseRepairStage('first-playbook');
  await repair.watchdog();
  await repair.deploy('api');
});
afterAll(async () => {
  removeFolder(folder);
  await repair?.stop();
});

/** The next block as a person would paste it, which has to begin so; with terms by which a run is judged within seconds. */
async function paste(begins: string): Promise<string> {
  const block = BLOCKS[done++] ?? '';
  expect(block.slice(0, begins.length)).toBe(begins);
  const { stage, world } = repair;
  const { window, quiet, evaluationInterval } = SOON.verify;
  const script = block
    .replaceAll(/\bshop\b/g, stage.namespace)
    .replaceAll('config/repair', join(Root, 'config/repair'))
    .replace('window: 10m, quiet: 10m', `window: ${window}, quiet: ${quiet}, evaluationInterval: ${evaluationInterval}`)
    .replace('cooldown: 10m', 'cooldown: 0s');
  const env = {
    PATH: `${folder}:${dirname(pathOf('kubectl'))}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: stage.cluster.adminKubeconfig,
    KUBECACHEDIR: `${stage.cluster.adminKubeconfig}.cache`,
    KUBERC: 'off',
    // Halves the time that awoooi takes to start from source.
    NODE_COMPILE_CACHE: join(cacheFolder(), 'compile'),
    AWOOOI_API_BASE: world.operator.url,
    AWOOOI_API_TOKEN: stage.apiToken,
    TOKEN: stage.cluster.adminToken,
  };
  const { stdout } = await run('sh', ['-ec', script], { cwd: folder, env, timeout: 140_000 });
  return stdout;
}

/** Of several runs the one that is in this phase. */
function inPhase(phase: string): Promise<RunView> {
  return eventually(async () => (await repair.runs()).find(({ status }) => status?.phase === phase), { withinMs: 60_000 });
}

async function resolved(): Promise<void> {
  await repair.resolve(ALERT, 'api');
  await repair.incident(ALERT, ({ status }) => status === 'resolved');
}

describe('the guide to a first playbook, command by command', { timeout: 150_000 }, () => {
  it('allows repairs, and those who approve them', async () => {
    expect(await paste('kubectl label namespace')).toContain('labeled');
    expect(await paste('kubectl apply -k config/repair')).toContain('rolebinding.rbac.authorization.k8s.io/awoooi-operator-repair');
    expect(await paste('kubectl -n shop create rolebinding')).toContain('repair-approvers created');
  });

  it('lets a playbook watch', async () => {
    expect(await paste('cat > restart-api.yaml')).toMatch(/restart-api +True +OnlyCompared/);
    await repair.fire(ALERT, 'api');
    await inPhase('DryRun');
    expect(await paste('kubectl -n shop get rr')).toContain('DryRun: All 1 steps could be done. Nothing was done.');
    await resolved();
  });

  it('lets it ask, and is approved by awoooi', async () => {
    await paste('kubectl -n shop patch rpb restart-api');
    await repair.fire(ALERT, 'api');
    await inPhase('AwaitingApproval');
    expect(await paste('run=$(kubectl')).toContain('restart_pod');
    await inPhase('Verifying');
    await resolved();
    await inPhase('Succeeded');
  });

  it('is approved by the API, and watched to its end', async () => {
    await repair.fire(ALERT, 'api');
    await inPhase('AwaitingApproval');
    expect(await paste('id=$(kubectl')).toContain('"via":"api"');
    await inPhase('Verifying');
    await resolved();
    expect((await paste('kubectl -n shop get rr')).match(/^Succeeded: /gm)).toHaveLength(2);
    expect(await repair.rollouts('api')).toBe(3);
  });

  it('says what is missing until it may act by itself', async () => {
    await eventually(async () => (await repair.playbookNow('restart-api')).status?.stats?.attempts === 2, { withinMs: 90_000 });
    expect(await paste('kubectl -n shop get rpb restart-api')).toMatch(/^Candidate \{.*"successes":2/m);
    await paste('kubectl -n shop patch rpb restart-api');
  });

  it('takes what others report, and shows what was learned', async () => {
    expect(await paste('curl -sS')).toMatch(/"status":"recorded".*"authorised":\{"allowed":false/s);
    expect(await paste('awoooi playbooks list')).toContain('restart-api');
    expect(done).toBe(BLOCKS.length);
  });
});
