import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { rendered } from '../chart/rendered.ts';
import { operatorOf, surroundingsOf } from '../chart/surroundings-of.ts';
import { CHART, helm } from '../parts/helm.ts';
import { startControlPlane, type ControlPlane } from '../parts/control-plane.ts';
import { Root } from '../parts/installed.ts';
import { tryKubectl } from '../parts/kubectl.ts';
import { startRedis } from '../parts/redis.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { blocksOf, pasted } from './install-page.ts';

const BLOCKS = blocksOf('docs/install.md');
const COMMANDS = BLOCKS.filter(({ language, needs }) => language === 'sh' && needs === undefined);
const OWN = 'awoooi-system';

let plane: ControlPlane;
let done = 0;
beforeAll(async () => {
  plane = await startControlPlane({ workloads: true });
  for (const name of ['shop', 'payments']) await kubectl('create', 'namespace', name);
});
afterAll(() => plane?.stop());

const kubectl = async (...args: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await tryKubectl(args, { kubeconfig: plane.adminKubeconfig });
  return status === 0 ? stdout : stderr;
};

const ownHelm = (...args: readonly string[]): Promise<string> => helm([`--namespace=${OWN}`, ...args], plane.adminKubeconfig);
const ownProbes = (): Promise<string> => kubectl('-n', OWN, 'get', 'alertchainprobes', '-o', 'name');

/** The next block, which has to stand in this section. */
async function paste(section: string): Promise<string> {
  const block = COMMANDS[done++];
  expect(block?.section).toBe(section);
  return block === undefined ? '' : pasted(block, plane.adminKubeconfig);
}

const Secret = z.object({ data: z.record(z.string(), z.string()) });
async function secret(name: string): Promise<Readonly<Record<string, string>>> {
  const { data } = Secret.parse((await plane.request(`/api/v1/namespaces/${OWN}/secrets/${name}`)).body);
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

/** Which tokens the operator takes from a Secret as it is now. */
async function taken(name: string): Promise<{ senders: readonly string[]; api: unknown }> {
  const { AWOOOI_WEBHOOK_TOKENS, AWOOOI_API_TOKENS } = await secret(name);
  const loaded = loadConfig({ env: { AWOOOI_WEBHOOK_TOKENS, AWOOOI_API_TOKENS }, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return { senders: loaded.config.auth.webhookTokens.current(), api: loaded.config.auth.apiTokens.current() };
}

describe('docs/install.md, command by command on an empty cluster', { timeout: 200_000 }, () => {
  it('installs the operator with Helm', async () => {
    expect(await paste('With Helm')).toContain('STATUS: deployed');
    expect(await paste('With Helm')).toContain('successfully rolled out');
    const token = await paste('With Helm');
    expect((await taken('awoooi-operator-credentials')).senders).toEqual([token]);
    expect(await paste('With Helm')).toContain('first-probe');
    expect(await paste('Three sets of values')).toContain('kind: Ingress');
  });

  it('makes Secrets that the operator takes', async () => {
    await paste('A Redis of your own');
    await paste('Secrets of your own');
    expect(await taken('awoooi-tokens')).toMatchObject({ senders: [expect.any(String)], api: [{ name: 'me' }] });
    await paste('Argo CD and others');
    const { REDIS_PASSWORD: password = '', ...rest } = await secret('awoooi-own-redis');
    expect(rest).toEqual({
      REDIS_URL: `redis://:${password}@awoooi-operator-redis.awoooi-system.svc:6379/0`,
      'password.conf': `requirepass ${password}\n`,
    });
    const secrets = { 'awoooi-tokens': await secret('awoooi-tokens'), 'awoooi-own-redis': await secret('awoooi-own-redis') };
    const chart = await rendered({ name: 'for Argo CD', file: 'examples/values/gitops.yaml', secrets });
    expect(loadConfig(surroundingsOf(chart))).toMatchObject({ ok: true });
  });

  it('lets it repair in a namespace, where a playbook waits for its first run', async () => {
    expect(await paste('Repairs')).toContain('STATUS: deployed');
    const env = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="AWOOOI_REPAIR_EXECUTION")].value}';
    expect(await kubectl('-n', OWN, 'get', 'deployment', 'awoooi-operator', '-o', env)).toBe('on');
    expect(await kubectl('-n', 'shop', 'get', 'role', 'awoooi-operator-repair', '-o', 'name')).toContain('awoooi-operator-repair');
    expect(await paste('Repairs')).toContain('repairplaybook.awoooi.io/restart-api created');
  });

  it('installs a second release beside the first, whose policy trusts it', async () => {
    expect(await paste('Two releases in one cluster')).toMatch(/STATUS: deployed[^]*NAMESPACE: team-b[^]*STATUS: deployed/);
    const operators = 'jsonpath={.spec.variables[?(@.name=="operators")].expression}';
    expect(await kubectl('get', 'validatingadmissionpolicy', 'awoooi-repair-operator', '-o', operators)).toContain(
      "'system:serviceaccount:awoooi-system:awoooi-operator', 'system:serviceaccount:team-b:awoooi-operator'",
    );
    expect(await kubectl('-n', 'team-b', 'rollout', 'status', 'deployment/awoooi-operator', '--timeout=3m')).toContain('rolled out');
  });

  it('upgrades and rolls back, and keeps what was made up', async () => {
    const before = [await secret('awoooi-operator-credentials'), await secret('awoooi-operator-redis')];
    expect(await paste('Upgrade and roll back')).toContain('STATUS: deployed');
    expect(await paste('Upgrade and roll back')).toContain('Rollback was a success');
    expect([await secret('awoooi-operator-credentials'), await secret('awoooi-operator-redis')]).toEqual(before);
  });

  it('takes the first probe away once that is switched off, and has it again when this is rolled back', async () => {
    await ownHelm('upgrade', 'awoooi', CHART, '--reset-then-reuse-values', '--set=examples.enabled=false');
    expect(await ownProbes()).toBe('');
    await ownHelm('rollback', 'awoooi');
    expect(await ownProbes()).toContain('first-probe');
  });

  it('changes tokens so that no sender is refused meanwhile', async () => {
    const name = 'awoooi-operator-credentials';
    const [old] = (await taken(name)).senders;
    await paste('Change tokens and passwords');
    const { senders } = await taken(name);
    expect(senders).toEqual([(await secret(name))['AWOOOI_WEBHOOK_TOKEN'], old]);
    await paste('Change tokens and passwords');
    expect((await taken(name)).senders).toEqual([senders[0]]);

    const { AWOOOI_API_TOKEN: before } = await secret(name);
    await paste('Change tokens and passwords');
    const { AWOOOI_API_TOKEN: after, AWOOOI_API_TOKENS: all } = await secret(name);
    expect(after).not.toBe(before);
    expect(all).toBe(`helm:${after}`);
  });

  it('changes the password of Redis, which takes the new one alone', async () => {
    const { REDIS_PASSWORD: old = '' } = await secret('awoooi-operator-redis');
    expect(await paste('Change tokens and passwords')).toContain('statefulset.apps/awoooi-operator-redis restarted');
    const { REDIS_URL: url = '', 'password.conf': text = '' } = await secret('awoooi-operator-redis');
    const part = await startRedis({ configuration: { text, files: {} } });
    try {
      const password = decodeURIComponent(new URL(url).password);
      const client = new Redis({ port: part.port, password });
      expect(await client.ping()).toBe('PONG');
      await expect(client.call('AUTH', old)).rejects.toThrow(/WRONGPASS/);
      client.disconnect();
    } finally {
      await part.stop();
    }
  });

  it('uninstalls it, and says what stays', async () => {
    await paste('Uninstall');
    expect(await paste('Uninstall')).toContain('release "awoooi" uninstalled');
    const kinds = ['crd', '-l', 'app.kubernetes.io/name=awoooi-operator', '-o', 'name'];
    expect((await kubectl('get', ...kinds)).trim().split('\n')).toHaveLength(4);
    expect(await kubectl('get', 'pvc', '-n', OWN)).toContain('data-awoooi-operator-redis-0');
    expect(await kubectl('get', 'secret', '-n', OWN, '-l', 'app.kubernetes.io/instance=awoooi')).toBe('');
    expect(await kubectl('get', 'alertchainprobes', '-A')).toBe('');
    await paste('Uninstall');
    expect(await kubectl('get', ...kinds)).toBe('');
    expect(await kubectl('get', 'namespace', OWN)).toContain('not found');
  });

  it('is not installed with kinds that are still being deleted, which would be gone soon after', async () => {
    const args = ['template', 'awoooi', CHART, '--dry-run=server', '--namespace=shop'];
    const name = 'signozalertrules.awoooi.io';
    await kubectl('apply', '--server-side', '-f', join(Root, 'config/crd/signozalertrules.yaml'));
    await kubectl('patch', 'crd', name, '--type=merge', '--patch={"metadata":{"finalizers":["awoooi.io/held"]}}');
    await kubectl('delete', 'crd', name, '--wait=false');
    await expect(helm(args, plane.adminKubeconfig)).rejects.toThrow(`${name} is being deleted`);
    await kubectl('patch', 'crd', name, '--type=merge', '--patch={"metadata":{"finalizers":[]}}');
    await kubectl('wait', 'crd', name, '--for=delete', '--timeout=30s');
    await expect(helm(args, plane.adminKubeconfig)).resolves.toContain(name);
  });

  it('installs and removes it without Helm', async () => {
    expect(await paste('Without Helm')).toContain('deployment.apps/awoooi-operator serverside-applied');
    expect(await kubectl('-n', OWN, 'rollout', 'status', 'deployment/awoooi-operator', '--timeout=3m')).toContain('rolled out');
    await paste('Without Helm');
    const env = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="AWOOOI_REPAIR_EXECUTION")].value}';
    expect(await kubectl('-n', OWN, 'get', 'deployment', 'awoooi-operator', '-o', env)).toBe('on');
    expect(await kubectl('-n', 'shop', 'get', 'role', 'awoooi-operator-repair', '-o', 'name')).toContain('awoooi-operator-repair');
    await paste('Without Helm');
    expect(await kubectl('get', 'namespace', OWN)).toContain('not found');
  });

  it('has no other command', () => {
    expect(done).toBe(COMMANDS.length);
    const untried = BLOCKS.filter(({ language, needs }) => needs !== undefined || !['sh', 'yaml'].includes(language));
    expect(untried.map(({ needs, text }) => `${needs}: ${text.split(' ')[0]}`)).toEqual([
      'a real service: helm',
      'a real service: kubectl',
      'a real service: apiVersion:',
    ]);
  });
});

describe('the values on', () => {
  const pages = ['docs/install.md', 'docs/chart.md'].flatMap(page =>
    blocksOf(page).flatMap(({ section, text, needs }) =>
      text.startsWith('# values.yaml') && needs === undefined ? [{ page, section, text }] : [],
    ),
  );
  const OF_THE_PAGE = {
    'awoooi-redis': { REDIS_URL: 'rediss://:password@redis.example.com:6380' },
    'awoooi-own-redis': {
      REDIS_PASSWORD: 'x',
      REDIS_URL: 'redis://:x@awoooi-operator-redis.awoooi-system.svc:6379/0',
      'password.conf': 'requirepass x',
    },
    'awoooi-tokens': { AWOOOI_WEBHOOK_TOKENS: 'webhook-token-0123', AWOOOI_API_TOKENS: 'me:api-token-0123' },
    'sentry-api-token': { SENTRY_API_TOKEN: 'sntrys_token' },
    'awoooi-telegram': { 'bot-token': '123456:ABC-DEF' },
  };

  it.each(pages)('$page, below "$section", are taken by the chart and by the operator', async ({ text }) => {
    const folder = runFolder('values');
    try {
      const file = join(folder, 'values.yaml');
      writeFileSync(file, text);
      const chart = await rendered({ name: 'of the page', file, secrets: OF_THE_PAGE });
      expect(operatorOf(chart).spec.containers).toHaveLength(1);
      expect(loadConfig(surroundingsOf(chart))).toMatchObject({ ok: true });
    } finally {
      removeFolder(folder);
    }
  });

  it('install.md for External Secrets make the keys that the chart reads', () => {
    const Manifest = z.object({ spec: z.object({ target: z.object({ template: z.object({ data: z.record(z.string(), z.string()) }) }) }) });
    const [block] = BLOCKS.filter(({ text }) => text.includes('kind: ExternalSecret'));
    const { spec } = Manifest.parse(parse(block?.text ?? ''));
    expect(Object.keys(spec.target.template.data)).toEqual([
      'AWOOOI_WEBHOOK_TOKEN',
      'AWOOOI_WEBHOOK_TOKENS',
      'AWOOOI_API_TOKEN',
      'AWOOOI_API_TOKENS',
    ]);
  });
});
