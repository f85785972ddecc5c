import { beforeEach, describe, expect, it } from 'vitest';
import { PortError } from '../../domain/ports/port-error.ts';
import type { SecretValue, WholeSecretReader } from '../../domain/ports/secret-reader.ts';
import { Connections } from './connections.ts';

const { signal } = new AbortController();
const source = { namespace: 'shop', secret: 'signoz' };

let held: Readonly<Record<string, string>>;
let failure: PortError | undefined;
let reads: number;
let nowMs: number;
let connections: Connections;

beforeEach(() => {
  [held, failure, reads, nowMs] = [{ url: 'https://signoz.example/base/', apiKey: 'k' }, undefined, 0, 0];
  const valueOf = (name: string, key: string): SecretValue => {
    const value = held[key];
    if (value !== undefined) return { is: 'found', value };
    return { is: 'missing', what: 'SecretKeyNotFound', message: `Secret ${name} has no key ${key}.` };
  };
  const secrets: WholeSecretReader = {
    async snapshot(_namespace, name) {
      reads += 1;
      if (failure) throw failure;
      return key => valueOf(name, key);
    },
  };
  connections = new Connections({
    secrets,
    defaultSignoz: namespace => (namespace === 'trusted' ? { url: 'http://default', apiKey: 'd' } : undefined),
    monotonic: () => nowMs,
  });
});

describe('a Secret', () => {
  it('is read once for all objects, and again when that is asked', async () => {
    const found = { is: 'found', connection: { url: 'https://signoz.example/base', apiKey: 'k' } };
    expect([await connections.of(source, signal), await connections.of(source, signal), reads]).toEqual([found, found, 1]);
    held = { ...held, apiKey: 'new', caBundle: 'pem' };
    expect(await connections.of(source, signal)).toEqual(found);
    expect(await connections.refresh(source, signal)).toMatchObject({ connection: { apiKey: 'new', caBundle: 'pem' } });
    expect(await connections.of(source, signal)).toMatchObject({ connection: { apiKey: 'new' } });
  });

  it('that leads nowhere is looked at again after a moment, and what it held last is kept', async () => {
    const { is } = await connections.of(source, signal);
    held = {};
    expect([is, await connections.refresh(source, signal)]).toEqual([
      'found',
      { is: 'missing', reason: 'SecretKeyNotFound', message: 'Secret signoz has no key url.' },
    ]);
    held = { url: 'http://back', apiKey: 'k' };
    expect([(await connections.of(source, signal)).is, connections.lastKnown(source)?.url]).toEqual([
      'missing',
      'https://signoz.example/base',
    ]);
    nowMs += 2_001;
    expect(await connections.of(source, signal)).toMatchObject({ connection: { url: 'http://back' } });
  });

  it.each([
    ['a key under the wrong name', 's3cr3t-k3y'],
    ['another scheme', 'ftp://signoz'],
    ['credentials', 'http://user:s3cr3t-k3y@signoz'],
    ['a query', 'http://signoz?key=s3cr3t-k3y'],
    ['a fragment', 'http://signoz#s3cr3t-k3y'],
  ])('whose url holds %s is refused without showing it', async (_, url) => {
    held = { ...held, url };
    const resolved = await connections.of(source, signal);
    expect(resolved).toMatchObject({
      is: 'missing',
      reason: 'InvalidConnection',
      message: expect.stringContaining('Key url of Secret signoz'),
    });
    expect(JSON.stringify(resolved)).not.toContain('s3cr3t');
  });

  it.each(['a b', 'schlüssel', ' '])('whose key is %j is refused without showing it', async apiKey => {
    held = { ...held, apiKey };
    const resolved = await connections.of(source, signal);
    expect(resolved).toMatchObject({
      is: 'missing',
      reason: 'InvalidConnection',
      message: expect.stringContaining('Key apiKey of Secret signoz'),
    });
  });

  it('that may not be read is for a person to mend, and one that cannot be read now is tried again', async () => {
    failure = new PortError('forbidden', 'no');
    expect(await connections.of(source, signal)).toMatchObject({ is: 'missing', reason: 'SecretForbidden' });
    failure = new PortError('unreachable', 'the API server is away');
    await expect(connections.refresh(source, signal)).rejects.toBe(failure);
  });

  it('that could not be read leaves standing what was known', async () => {
    await connections.of(source, signal);
    failure = new PortError('unavailable', 'no');
    await expect(connections.refresh(source, signal)).rejects.toBe(failure);
    expect((await connections.of(source, signal)).is).toBe('found');
  });
});

describe('the default connection', () => {
  it('is for the namespaces that may use it, and for no other', async () => {
    expect(await connections.of({ namespace: 'trusted', secret: undefined }, signal)).toMatchObject({
      connection: { url: 'http://default' },
    });
    const refused = await connections.of({ namespace: 'shop', secret: undefined }, signal);
    expect(refused).toMatchObject({
      is: 'missing',
      reason: 'ConnectionNotAllowed',
      message: expect.stringContaining('spec.signoz.secretRef'),
    });
    expect(reads).toBe(0);
  });
});
