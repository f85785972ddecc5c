import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assemble, PROGRAM, readableByAll } from '../../scripts/image/assemble.ts';
import { SERVICE_ACCOUNT_DIR } from '../../src/config/slices/kubernetes.ts';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { freePort } from '../parts/free-port.ts';
import { Root } from '../parts/installed.ts';
import { NODE_FLAGS } from '../parts/operator.ts';
import { answers, startChild, untilReady } from '../parts/process.ts';
import { startRedis } from '../parts/redis.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { addBase, seals } from '../parts/sealed.ts';

const Manifest = z.object({ name: z.string(), version: z.string() });
const Sbom = z.object({ components: z.array(z.object({ 'bom-ref': z.string() })) });

const folder = runFolder('image');
const root = join(folder, 'root');
const app = join(root, 'app');

let stage: Stage;
let redis: Awaited<ReturnType<typeof startRedis>>;

beforeAll(async () => {
  await assemble(Root, root);
  addBase(root);
  [stage, redis] = await Promise.all([raiseStage('image'), startRedis()]);
  const token = await stage.cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
  mkdirSync(join(root, SERVICE_ACCOUNT_DIR), { recursive: true });
  writeFileSync(join(root, SERVICE_ACCOUNT_DIR, 'token'), token);
  copyFileSync(stage.cluster.caFile, join(root, SERVICE_ACCOUNT_DIR, 'ca.crt'));
  // Whoever runs the tests may have any umask, and is another user than the program.
  readableByAll(root);
});
afterAll(async () => {
  await redis?.stop();
  removeFolder(folder);
});

/** Every file and folder below `app`. */
const paths = (): string[] => readdirSync(app, { recursive: true, encoding: 'utf8' }).map(path => join(app, path));

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The folders of packages, as `node_modules/…@version`. */
function packagesIn(at: string): string[] {
  const folderOf = (name: string): string => join(at, 'node_modules', name);
  const names = (below: string): string[] => readdirSync(folderOf(below)).map(name => join(below, name));
  const found = names('').flatMap(name => (name.startsWith('@') ? names(name) : [name]));
  return found.flatMap(name => {
    const { version } = Manifest.parse(json(join(folderOf(name), 'package.json')));
    const nested = readdirSync(folderOf(name)).includes('node_modules') ? packagesIn(folderOf(name)) : [];
    return [`${relative(app, folderOf(name))}@${version}`, ...nested];
  });
}

describe('the file tree of the image', () => {
  it('holds the packages that its list of contents names, in these versions, and no others', () => {
    const { components } = Sbom.parse(json(join(app, 'sbom.cdx.json')));
    expect(packagesIn(app).toSorted()).toEqual(components.map(component => component['bom-ref']).toSorted());
  });

  it('holds no package that only development needs', () => {
    const { devDependencies } = z.object({ devDependencies: z.record(z.string(), z.string()) }).parse(json(join(Root, 'package.json')));
    expect(Object.keys(devDependencies).filter(name => readdirSync(join(app, 'node_modules')).includes(name))).toEqual([]);
  });

  it('holds of ours the program alone: no source, no test, no map', () => {
    const ours = paths().filter(path => !path.includes('/node_modules') && statSync(path).isFile());
    const besides = ours.map(path => relative(app, path)).filter(path => !/^dist\/src\/[a-z]+\d?\.js$/.test(path));
    expect(besides.toSorted()).toEqual(['LICENSE', 'package.json', 'sbom.cdx.json']);
    expect(paths().filter(path => /\.(ts|map)$|\.test\.js$/.test(path))).toEqual([]);
    expect(readFileSync(join(root, PROGRAM), 'utf8').split('\n')[0]).toContain(NODE_FLAGS.join(' '));
  });

  it('holds the licence of every package that brings one', () => {
    const folders = packagesIn(app).map(one => one.slice(0, one.lastIndexOf('@')));
    const missing = folders.filter(one => licences(join(Root, one)).join() !== licences(join(app, one)).join());
    expect(missing).toEqual([]);
  });

  it('can be read by whoever runs it, and written by its owner alone', () => {
    const wrong = paths().filter(path => (statSync(path).mode & 0o777) !== (isProgram(path) ? 0o755 : 0o644));
    expect(wrong.map(path => relative(app, path))).toEqual([]);
  });
});

const licences = (at: string): string[] => readdirSync(at).filter(name => /^licen[cs]e/i.test(name));

const isProgram = (path: string): boolean => statSync(path).isDirectory() || (statSync(path).mode & 0o100) !== 0;

describe.each(seals(root))('shut in by $by', seal => {
  const program = (...args: string[]): string[] => [...NODE_FLAGS, '--', seal.path(PROGRAM), ...args];
  function ran(args: readonly string[], env: NodeJS.ProcessEnv = {}): { status: number | null; stdout: string; stderr: string } {
    const { command, args: all, env: whole } = seal.child({ name: basename(PROGRAM), args, env });
    return spawnSync(command, all, { env: whole, encoding: 'utf8', timeout: 60_000 });
  }

  it('is so, or the rest would prove nothing', () => {
    const code = `
      const { writeFileSync } = require('node:fs');
      const failure = act => { try { act(); } catch (err) { return err.code; } };
      console.log(JSON.stringify({
        user: process.getuid(),
        write: failure(() => writeFileSync(${JSON.stringify(seal.path('/app/x'))}, '')),
        start: failure(() => { throw require('node:child_process').spawnSync('sh').error; }),
      }));`;
    const { stdout } = ran(['-e', code]);
    expect(JSON.parse(stdout)).toEqual(seal.held);
  });

  it('runs the command line', () => {
    expect(ran(program('--version'))).toMatchObject({ status: 0, stdout: `${Manifest.parse(json(join(Root, 'package.json'))).version}\n` });
  });

  it('lists all that is wrong with the settings and exits 2', () => {
    const { status, stderr } = ran(program('operator'), { AWOOOI_API_PORT: 'eighty', AWOOOI_LEASE_DURATION: 'long' });
    expect(status).toBe(2);
    for (const name of ['AWOOOI_API_PORT', 'AWOOOI_LEASE_DURATION', 'AWOOOI_WEBHOOK_TOKENS']) expect(stderr).toContain(name);
  });

  it('finds every package that the program names, also those that it loads when they are needed', () => {
    const files = readdirSync(join(app, 'dist/src')).map(name => readFileSync(join(app, 'dist/src', name), 'utf8'));
    const named = files.flatMap(text =>
      [...text.matchAll(/(?:\bfrom |\bimport\(|^import )"([^".][^"]*)"/gm)].flatMap(([, name]) => name ?? []),
    );
    const packages = [...new Set(named)].filter(name => !name.startsWith('node:'));
    expect(packages).toEqual(expect.arrayContaining(['fastify', 'grammy', 'openai', '@kubernetes/client-node']));
    const code = `for (const name of ${JSON.stringify(packages)}) await import(import.meta.resolve(name, 'file://${seal.path(PROGRAM)}'));`;
    expect(ran(['--experimental-import-meta-resolve', '--input-type=module', '-e', code])).toMatchObject({ status: 0, stderr: '' });
  });

  it('gets ready with a real API server and Redis, and ends in good order', async ctx => {
    const [port, opsPort] = [await freePort(), await freePort()];
    const { hostname, port: apiServerPort } = new URL(stage.cluster.url);
    const env = {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: apiServerPort,
      AWOOOI_NAMESPACES: stage.namespace,
      AWOOOI_POD_NAMESPACE: stage.namespace,
      AWOOOI_WEBHOOK_TOKENS: stage.webhookToken,
      AWOOOI_API_TOKENS: `image:${stage.apiToken}`,
      AWOOOI_LISTEN_ADDRESS: '127.0.0.1',
      AWOOOI_API_PORT: `${port}`,
      AWOOOI_OPS_PORT: `${opsPort}`,
      REDIS_URL: redis.url,
    };
    const operator = startChild(seal.child({ name: 'operator', args: program('operator'), env }));
    ctx.onTestFinished(() => operator.kill9());
    await untilReady(operator, () => answers(`http://127.0.0.1:${opsPort}/readyz`));
    expect(await answers(`http://127.0.0.1:${port}/api/v1/health`)).toBe(true);
    await operator.stop(20_000);
    expect(await operator.exited).toBe(0);
  });
});
