import { BlockList } from 'node:net';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CLIENT_SECRET, listening, webhookWorld } from '../builders/webhook-world.ts';
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

it('what the page sends by hand is signed as Sentry signs, and opens an incident', async () => {
  const { app, incidents } = webhookWorld();
  const env = { AWOOOI_API_BASE: `http://127.0.0.1:${await listening(app)}`, CLIENT_SECRET };
  const answer: object = JSON.parse(await pasted(blockWith('sentry', 'sh', 'openssl'), { env }));
  await app.close();
  const shown: object = JSON.parse(blockWith('sentry', 'json', 'incident_id'));
  expect(answer).toEqual({ ...shown, incident_id: expect.stringMatching(/^inc-\d\d-/) });
  const hello = { source: 'sentry', name: 'Hello from awoooi', fingerprint: '424242', severity: 'info' };
  expect(incidents.handed.map(({ alert }) => alert)).toMatchObject([hello]);
  expect(incidents.handed[0]?.alert.labels).not.toHaveProperty('unverified');
});

it('what is signed with another secret is refused', async () => {
  const { app, incidents } = webhookWorld();
  const env = { AWOOOI_API_BASE: `http://127.0.0.1:${await listening(app)}`, CLIENT_SECRET: 'another-secret-0123' };
  expect(await pasted(blockWith('sentry', 'sh', 'openssl'), { env })).toContain('Unauthorized');
  await app.close();
  expect(incidents.handed).toEqual([]);
});
