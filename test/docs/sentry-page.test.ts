import { BlockList } from 'node:net';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { sentrySignature } from '../../src/domain/sentry/signature.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { blocksOf, blockWith, pageOf, pasted } from './sender-page.ts';

const Cidr = z.union([z.cidrv4(), z.cidrv6()]);

/** The tuple of the page, as Python and Sentry read it. */
function disallowed(): string[] {
  const [, inside = ''] = /^SENTRY_DISALLOWED_IPS = \(\n([\s\S]*)^\)$/m.exec(blocksOf('sentry', 'python')[0] ?? '') ?? [];
  const lines = inside.split('\n').filter(line => line.trim() !== '' && !line.trim().startsWith('#'));
  return lines.map(line => /^ {4}"([^"]+)",$/.exec(line)?.[1] ?? `not an entry: ${line}`);
}

it('the addresses that docs/senders/sentry.md has Sentry refuse are all private ones but the cluster', () => {
  const entries = disallowed();
  expect(entries.filter(entry => !Cidr.safeParse(entry).success)).toEqual([]);
  const blocked = new BlockList();
  for (const [net = '', prefix] of entries.map(entry => entry.split('/'))) {
    blocked.addSubnet(net, Number(prefix), net.includes(':') ? 'ipv6' : 'ipv4');
  }
  const open = ['10.96.0.0', '10.96.0.1', '10.103.200.7', '10.111.255.255', '203.0.114.1'];
  const closed = ['10.0.0.0', '10.63.255.255', '10.64.0.0', '10.95.255.255', '10.112.0.0', '10.127.0.1', '10.128.0.0', '10.255.255.255'];
  const special = ['127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1', '100.64.0.1', '0.0.0.0'];
  expect(open.filter(address => blocked.check(address))).toEqual([]);
  expect([...closed, ...special].filter(address => !blocked.check(address))).toEqual([]);
  expect(['::1', 'fd00::1', 'fe80::1'].filter(address => !blocked.check(address, 'ipv6'))).toEqual([]);
});

it('the webhook URLs of the page lead to the route of Sentry', () => {
  const urls = pageOf('sentry').match(/https:\/\/awoooi\.example\.com\S*?(?=[`\s])/g) ?? [];
  expect(urls.map(url => url.replace('https://awoooi.example.com', ''))).toEqual([
    '/api/v1/webhooks/sentry/error',
    '/api/v1/webhooks/sentry/error?token=TOKEN',
  ]);
});

it('what the page sends by hand is signed as Sentry signs', async () => {
  const got: { path: string; body: string; headers: Readonly<Record<string, string | undefined>> }[] = [];
  const server = await startHttpServer({ handle: request => (got.push(request), { status: 200, body: 'taken' }) });
  const env = { AWOOOI_API_BASE: server.url, CLIENT_SECRET: 'client-secret-0123' };
  expect(await pasted(blockWith('sentry', 'sh', 'openssl'), { env })).toBe('taken');
  await server.stop();
  const [request] = got;
  expect(request?.path).toBe('/api/v1/webhooks/sentry/error');
  expect(request?.headers['sentry-hook-signature']).toBe(sentrySignature('client-secret-0123', request?.body ?? ''));
  expect(Math.abs(Number(request?.headers['sentry-hook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
  expect(JSON.parse(request?.body ?? '')).toMatchObject({ action: 'created', data: { issue: { id: '424242' } } });
});
