import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { kubeconfigCredentials } from './kubeconfig.ts';

let folder: string;
beforeEach(() => {
  folder = runFolder('kubeconfig');
});
afterEach(() => removeFolder(folder));

interface Parts {
  readonly name?: string;
  readonly cluster?: object;
  readonly user?: object;
}

/** JSON is YAML. */
function kubeconfig({ name = 'one', cluster = {}, user = {} }: Parts): string {
  const path = join(folder, `${name}.yaml`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: `https://${name}.test:6443/`, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

it('takes server, token, CA and client certificate', async () => {
  const files = kubeconfig({
    cluster: { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'api' },
    user: { token: 'abc', 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
  });
  const credentials = await kubeconfigCredentials({ files });
  expect(credentials.server).toBe('https://one.test:6443');
  expect(await credentials.current()).toEqual({
    headers: { authorization: 'Bearer abc' },
    tls: { ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY'), servername: 'api' },
  });
});

it('runs an authentication plugin', async () => {
  const told = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'from the plugin' } };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', `console.log(${JSON.stringify(JSON.stringify(told))})`],
    interactiveMode: 'Never',
  };
  const credentials = await kubeconfigCredentials({ files: kubeconfig({ user: { exec } }) });
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer from the plugin' });
});

it('reads a token from its file, beside the kubeconfig, and again when it was refused', async () => {
  writeFileSync(join(folder, 'token'), 'first\n');
  const credentials = await kubeconfigCredentials({ files: kubeconfig({ user: { tokenFile: 'token', token: 'stale' } }) });
  const first = await credentials.current();
  expect(first.headers).toEqual({ authorization: 'Bearer first' });
  writeFileSync(join(folder, 'token'), 'second\n');
  expect((await credentials.current(first)).headers).toEqual({ authorization: 'Bearer second' });
});

it('takes the token file of the current user alone', async () => {
  writeFileSync(join(folder, 'token'), 'of two');
  const files = [kubeconfig({ name: 'one' }), kubeconfig({ name: 'two', user: { tokenFile: join(folder, 'token') } })].join(delimiter);
  expect((await (await kubeconfigCredentials({ files })).current()).headers).toEqual({});
  expect((await (await kubeconfigCredentials({ files, context: 'two' })).current()).headers).toEqual({ authorization: 'Bearer of two' });
});

it('says which token file cannot be read', async () => {
  const credentials = await kubeconfigCredentials({ files: kubeconfig({ user: { tokenFile: 'nowhere' } }) });
  await expect(credentials.current()).rejects.toMatchObject({
    reason: 'CredentialsUnreadable',
    message: expect.stringContaining(join(folder, 'nowhere')),
  });
});

it('merges several files, of which the first names the context, unless one is asked for', async () => {
  const files = [kubeconfig({ name: 'one' }), kubeconfig({ name: 'two' })].join(delimiter);
  expect((await kubeconfigCredentials({ files })).server).toBe('https://one.test:6443');
  expect((await kubeconfigCredentials({ files, context: 'two' })).server).toBe('https://two.test:6443');
});

it('reads the file again when the server refused the token', async () => {
  const credentials = await kubeconfigCredentials({ files: kubeconfig({ user: { token: 'old' } }) });
  const old = await credentials.current();
  kubeconfig({ user: { token: 'new' } });
  expect((await credentials.current(old)).headers).toEqual({ authorization: 'Bearer new' });
});

it.each([
  ['no file', () => '', 'names no file'],
  ['a file that is not there', () => join(folder, 'missing.yaml'), 'cannot be read'],
  ['a proxy', () => kubeconfig({ cluster: { 'proxy-url': 'http://proxy.test' } }), 'proxy-url'],
])('refuses %s in a sentence', async (_, files, sentence) => {
  await expect(kubeconfigCredentials({ files: files() })).rejects.toMatchObject({
    reason: 'KubeconfigInvalid',
    message: expect.stringContaining(sentence),
  });
});

it('refuses a context that is not there', async () => {
  const credentials = kubeconfigCredentials({ files: kubeconfig({}), context: 'other' });
  await expect(credentials).rejects.toMatchObject({ reason: 'KubeconfigInvalid', message: expect.stringContaining('"other"') });
});
