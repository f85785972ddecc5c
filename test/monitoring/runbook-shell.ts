import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf, Root } from '../parts/installed.ts';
import { program } from '../parts/program.ts';
import { runFolder } from '../parts/run-folder.ts';
import { PROBE, RULE, type Watched } from './watched-operator.ts';

const RUNBOOKS = join(Root, 'docs/runbooks');
const run = promisify(execFile);

/** Every line of the sh blocks of all runbooks, but for blocks that are marked as needing a real service; the same command once. */
export function runbookCommands(): readonly { readonly page: string; readonly command: string }[] {
  const seen = new Map<string, string>();
  for (const page of readdirSync(RUNBOOKS)) {
    for (const command of commandsOf(readFileSync(join(RUNBOOKS, page), 'utf8'))) if (!seen.has(command)) seen.set(command, page);
  }
  return [...seen].map(([command, page]) => ({ page, command }));
}

function commandsOf(text: string): string[] {
  const blocks = text.matchAll(/(<!-- needs: [^\n]+ -->\n)?^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, needs, block = '']) => (needs === undefined ? block.trim().split('\n') : []));
}

/** A shell as somebody on call has it, in which the namespaces of the pages are those of the test. */
export function shellOf({ world: { stage, operator }, prometheus }: Watched) {
  const folder = runFolder('runbooks');
  writeFileSync(join(folder, 'awoooi'), `#!/bin/sh\nexec '${process.execPath}' -- '${program()}' "$@"\n`, { mode: 0o755 });
  const env = {
    PATH: [folder, dirname(pathOf('kubectl')), dirname(pathOf('promtool')), process.env['PATH'] ?? ''].join(':'),
    KUBECONFIG: stage.cluster.adminKubeconfig,
    KUBECACHEDIR: join(folder, 'cache'),
    KUBERC: 'off',
    PROMETHEUS: prometheus.url,
    AWOOOI_API_BASE: operator.url,
    AWOOOI_API_TOKEN: stage.apiToken,
  };
  const ours = (command: string): string =>
    command
      .replaceAll(/-n (monitoring|awoooi-system)\b/g, `-n ${stage.namespace}`)
      .replaceAll('monitoring/paging', `${stage.namespace}/${PROBE}`)
      .replaceAll('api-errors', RULE);
  const inTurn = pool(2);
  return (command: string): Promise<{ status: number; output: string }> => inTurn(() => ran(ours(command)));

  async function ran(command: string): Promise<{ status: number; output: string }> {
    try {
      const { stdout, stderr } = await run('sh', ['-c', command], { cwd: Root, env, timeout: 60_000 });
      return { status: 0, output: stdout + stderr };
    } catch (err) {
      return { status: 1, output: String(err) };
    }
  }
}

/** Lets so many be under way at a time. */
function pool(width: number) {
  const lanes: Promise<unknown>[] = Array.from({ length: width }, () => Promise.resolve());
  let next = 0;
  return <T>(work: () => Promise<T>): Promise<T> => {
    const lane = next++ % width;
    const done = (lanes[lane] ?? Promise.resolve()).then(work);
    lanes[lane] = done;
    return done;
  };
}
