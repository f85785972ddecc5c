import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { awoooi } from '../../src/cli/program.ts';
import { kubeconfigCredentials } from '../../src/kube/kubeconfig.ts';
import { kubeClient } from '../../src/kube/transport.ts';
import { newFile } from '../../src/wiring/new-file.ts';
import { surveySession } from '../../src/wiring/survey-session.ts';
import { closedCli } from '../builders/closed-cli.ts';
import { eventually } from '../parts/eventually.ts';
import { cacheFolder } from '../parts/installed.ts';
import { kubectl } from '../parts/kubectl.ts';
import { program } from '../parts/program.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { faultProxy } from '../servers/fault-proxy.ts';
import type { Ran } from './shell.ts';
import { loggedWords, spellings } from './support-secrets.ts';
import { ownAddress, type SupportStage, supportStage } from './support-stage.ts';
import { type Unpacked, unpacked } from './unpacked-bundle.ts';

const address = ownAddress();
let folder: string;
let stage: SupportStage;

beforeAll(async () => {
  folder = runFolder('bundle');
  stage = await supportStage();
}, 180_000);
afterAll(async () => {
  await stage.stop();
  removeFolder(folder);
});

const lineOf = (args: readonly string[]): string[] => ['support-bundle', '-n', stage.shop, '--operator-namespace', stage.home, ...args];

type Started = ChildProcessByStdio<null, Readable, Readable>;

/** As a process of its own. */
function started(args: readonly string[], { kubeconfig, env = {} }: { kubeconfig: string; env?: Record<string, string> }): Started {
  const environment = { KUBECONFIG: kubeconfig, NODE_COMPILE_CACHE: join(cacheFolder(), 'compile'), ...env };
  return spawn(process.execPath, ['--', program(), ...lineOf(args)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: Started): Promise<{ status: unknown; stdout: Buffer; stderr: string }> {
  const closed = new Promise(resolve => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([buffer(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

/** The same command without a process of its own, which takes its time to start. */
async function bundle(args: readonly string[], kubeconfig = stage.support): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const client = kubeClient({ credentials: await kubeconfigCredentials({ files: kubeconfig }), userAgent: 'awoooi/test' });
  const value = surveySession(client, { env: {}, readFile: path => readFileSync(path, 'utf8') });
  const status = await awoooi(
    lineOf(args),
    closedCli({
      stdout: { write: words => void (stdout += words), isTTY: false },
      stderr: { write: words => void (stderr += words), isTTY: false },
      openSurvey: async () => ({ ok: true, value }),
      newFile,
      now: () => new Date(),
    }),
  );
  await client.close();
  return { status, stdout, stderr };
}

/** An API server behind a black hole. */
async function deaf() {
  const port = Number(new URL(stage.cluster.url).port);
  const proxy = await faultProxy({ host: '127.0.0.1', port });
  proxy.stall();
  const kubeconfig = join(runFolder('deaf'), 'config');
  const text = readFileSync(stage.cluster.adminKubeconfig, 'utf8').replaceAll(stage.cluster.url, `https://127.0.0.1:${proxy.port}`);
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  return { kubeconfig, stop: () => proxy.stop() };
}

describe('a bundle of a running operator', () => {
  let ran: Awaited<ReturnType<typeof ended>>;
  let found: Unpacked;
  let archive: string;

  beforeAll(async () => {
    archive = join(folder, 'bundle.tar.gz');
    const log = join(folder, 'operator.txt');
    writeFileSync(log, stage.operator.process().log() + loggedWords(Object.values(stage.names), stage.other));
    const masks = join(folder, 'masks.txt');
    writeFileSync(masks, `WORD=${stage.other.masked}\n`);
    const outside = ['--ops-url', stage.operator.opsUrl, '--log-file', log, '--mask-file', masks];
    const env = { AWOOOI_API_BASE: stage.operator.url, AWOOOI_API_TOKEN: stage.names.apiToken };
    ran = await ended(started(['--output', archive, ...outside], { kubeconfig: stage.support, env }));
    if (ran.status === 0) found = unpacked(archive, folder);
  });

  const json = (path: string): unknown => JSON.parse(found.files.get(path) ?? '');

  it('is written, for its owner alone, with its path on standard output', () => {
    expect([ran.status, ran.stdout.toString()]).toEqual([0, `${archive}\n`]);
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(ran.stderr).toMatch(/collecting\n {2}versions: API server\n/);
    expect(ran.stderr).toContain('Look through it before you hand it on');
  });

  it('lacks nothing with the rights of the page, among which there is none on Secrets', () => {
    const unreachable = address === undefined ? ['metrics: awoooi-operator-0', 'readiness: awoooi-operator-0'] : [];
    expect(found.manifest.errors.map(({ part }) => part)).toEqual(unreachable);
  });

  it('has every part', () => {
    expect([...found.files.keys()].toSorted()).toEqual(
      [
        'api/deliveries.json',
        'api/health.json',
        'api/incidents.json',
        'conditions.txt',
        'events/objects.json',
        'events/operator.json',
        'logs/awoooi-operator-0/operator.log',
        'logs/awoooi-operator-0/operator.previous.log',
        'logs/awoooi-operator-redis-0/redis.log',
        'logs/log-file.log',
        'manifest.json',
        'metrics/ops-url.prom',
        'objects/alertchainprobes.json',
        'objects/repairplaybooks.json',
        'objects/repairruns.json',
        'objects/signozalertrules.json',
        'operator/configuration.json',
        'operator/deployments.json',
        'operator/endpointslices.json',
        'operator/images.json',
        'operator/lease.json',
        'operator/poddisruptionbudgets.json',
        'operator/pods.json',
        'readiness/ops-url.json',
        'versions.json',
        ...(address === undefined ? [] : ['metrics/awoooi-operator-0.prom', 'readiness/awoooi-operator-0.json']),
      ].toSorted(),
    );
  });

  it('has a manifest that names each file with its size and sum', () => {
    const { manifest, files } = found;
    expect(manifest.files.map(({ path }) => path)).toEqual([...files.keys()].filter(path => path !== 'manifest.json').toSorted());
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = Buffer.from(files.get(path) ?? '');
      expect([path, content.length, createHash('sha256').update(content).digest('hex')]).toEqual([path, bytes, sha256]);
    }
  });

  it.each(['heartbeatKey', 'notifyKey', 'annotation', 'patched', 'plainVariable', 'argument', 'inSecret', 'assigned', 'bearer'] as const)(
    'holds %s nowhere',
    name => expect(holding(stage.other[name])).toEqual([]),
  );

  it.each(['userinfo', 'query', 'masked'] as const)('holds %s nowhere either', name => expect(holding(stage.other[name])).toEqual([]));

  it('holds no secret of any setting', () => {
    expect(Object.entries(stage.names).map(([name, secret]) => [name, holding(secret)])).toEqual(
      Object.keys(stage.names).map(name => [name, []]),
    );
    expect(holding(stage.cluster.adminToken)).toEqual([]);
  });

  /** The files in which the secret can be read in any spelling. */
  function holding(secret: string): string[] {
    expect(secret.length).toBeGreaterThan(8);
    return [...found.files]
      .filter(([path, text]) => spellings(secret).some(one => text.includes(one) || path.includes(one)))
      .map(([path]) => path);
  }

  it('says all the rest', () => {
    expect(json('versions.json')).toMatchObject({ kubernetes: { gitVersion: expect.stringMatching(/^v1\./) } });
    expect(json('versions.json')).toMatchObject({
      kinds: expect.arrayContaining([expect.objectContaining({ storedVersions: ['v1alpha1'] })]),
    });
    expect(json('objects/alertchainprobes.json')).toMatchObject({ items: [{ metadata: { name: 'paging' }, spec: { timeout: '4s' } }] });
    expect(found.files.get('conditions.txt')).toMatch(new RegExp(`AlertChainProbe +${stage.shop} +paging +Ready +`));
    expect(found.files.get('events/objects.json')).toContain('"reason": "Told"');
    expect(json('operator/lease.json')).toMatchObject({ kind: 'Lease' });
    expect(json('operator/images.json')).toMatchObject({
      pods: [{ version: '9.9.9', containers: [{ imageID: 'sha256:1' }] }, expect.anything()],
    });
    expect(found.files.get('logs/awoooi-operator-0/operator.log')).toContain('a harmless line that has to stay');
    expect(found.files.get('logs/awoooi-operator-0/operator.previous.log')).toMatch(/^the one before$/m);
    expect(found.files.get('logs/log-file.log')).toContain('"msg":');
    for (const page of ['ops-url', ...(address === undefined ? [] : ['awoooi-operator-0'])]) {
      expect(found.files.get(`metrics/${page}.prom`)).toContain('# TYPE http_requests_total counter');
      expect(json(`readiness/${page}.json`)).toMatchObject({ checks: expect.anything() });
    }
    expect(json('api/incidents.json')).toEqual({ open: 0, acknowledged: 0 });
  });

  it('says how the operator is set up, a secret only by where it comes from', () => {
    const text = found.files.get('operator/configuration.json') ?? '';
    const { variables } = z
      .object({
        deployments: z.tuple([
          z.object({ containers: z.tuple([z.object({ variables: z.array(z.object({ variable: z.string() }).loose()) })]) }),
        ]),
      })
      .parse(JSON.parse(text)).deployments[0].containers[0];
    const said = (name: string) => variables.find(({ variable }) => variable === name);
    expect(said('AWOOOI_ANALYSER_MODEL')).toEqual({
      variable: 'AWOOOI_ANALYSER_MODEL',
      state: 'set',
      value: 'small',
      from: 'a plain value',
    });
    expect(said('TG_BOT_TOKEN')).toEqual({ variable: 'TG_BOT_TOKEN', state: 'set', from: 'a plain value' });
    expect(said('SENTRY_DSN')).toEqual({ variable: 'SENTRY_DSN', state: 'set', from: 'Secret sentry, key dsn' });
  });

  it('is not replaced unless one says so', async () => {
    const before = readFileSync(archive);
    const again = await bundle(['--output', archive]);
    expect([again.status, again.stderr]).toEqual([2, `${archive} is there already: name another file, or replace it with --force\n`]);
    expect(Buffer.compare(readFileSync(archive), before)).toBe(0);
    expect((await bundle(['--output', archive, '--force', '--since', '5m'])).status).toBe(0);
    expect(unpacked(archive, folder).files.has('logs/log-file.log')).toBe(false);
  });
});

describe('a bundle that lacks something', () => {
  it('names what somebody may not see, and has the rest, also where it is piped on', async () => {
    const token = await stage.cluster.serviceAccountToken(stage.home, 'half');
    await kubectl(['-n', stage.shop, 'create', 'role', 'half', '--verb=list', '--resource=alertchainprobes.awoooi.io'], {
      kubeconfig: stage.cluster.adminKubeconfig,
    });
    await kubectl(['-n', stage.shop, 'create', 'rolebinding', 'half', '--role=half', `--serviceaccount=${stage.home}:half`], {
      kubeconfig: stage.cluster.adminKubeconfig,
    });
    const { status, stdout, stderr } = await ended(started(['--output', '-'], { kubeconfig: stage.cluster.kubeconfigFor(token) }));
    const archive = join(folder, 'half.tar.gz');
    writeFileSync(archive, stdout);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/ {2}objects: repairruns: listing repairruns of namespace .*forbidden.*docs\/support-bundle.md/),
    ]);
    const { manifest, files } = unpacked(archive, folder);
    expect(files.get('objects/alertchainprobes.json')).toContain('paging');
    const parts = new Set(manifest.errors.map(({ part }) => part));
    for (const part of ['objects: signozalertrules', 'events: of the objects', 'operator: pods', 'operator: lease', 'versions: kinds']) {
      expect(parts).toContain(part);
    }
  });

  it('does not wait for an API server that never answers, and writes nothing where nothing could be had', async () => {
    const { kubeconfig, stop } = await deaf();
    const archive = join(folder, 'none.tar.gz');
    const { status, stdout, stderr } = await bundle(['--output', archive, '--timeout', '1s'], kubeconfig);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('nothing could be collected, so no bundle was written:\n  versions: API server: the time was up');
    expect(readdirSync(folder).filter(name => name.startsWith('none'))).toEqual([]);
    await stop();
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const { kubeconfig, stop } = await deaf();
    const child = started(['--output', join(folder, 'broken.tar.gz')], { kubeconfig });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await eventually(() => said.includes('versions: API server'), { withinMs: 30_000 });
    expect(readdirSync(folder).filter(name => name.startsWith('broken'))).toHaveLength(1);
    const status = new Promise(resolve => child.once('close', resolve));
    child.kill('SIGINT');
    expect([await status, said]).toEqual([1, expect.stringContaining('interrupted: no bundle was written')]);
    expect(readdirSync(folder).filter(name => name.startsWith('broken'))).toEqual([]);
    await stop();
  });
});

it('says before it begins that it cannot write', async () => {
  const { status, stderr } = await bundle(['--output', join(folder, 'not/there/bundle.tar.gz')]);
  expect([status, stderr]).toEqual([2, expect.stringContaining('cannot be written: ENOENT')]);
  expect(stderr).not.toContain('collecting');
});
