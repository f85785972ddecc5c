import { describe, expect, it } from 'vitest';
import { ALWAYS_DENIED, addressRules } from './address-rules.ts';

describe('addresses that are always denied', () => {
  const isDenied = addressRules({ deny: ALWAYS_DENIED, allow: [] });

  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    'fd20:ce::254',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '[::ffff:a9fe:a9fe]',
    '0.0.0.0',
    '::',
  ])('hold %s, on any port', address => {
    expect([isDenied(address, 80), isDenied(address, 9093)]).toEqual([true, true]);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '169.253.255.255',
    '100.100.100.201',
    '::1',
    'fec0::1',
    'fd00:ec2::253',
    'fd20:ce::253',
    '168.63.129.15',
    '::ffff:10.0.0.1',
  ])('leave out %s', address => {
    expect(isDenied(address, 80)).toBe(false);
  });
});

describe('entries', () => {
  it.each([
    ['10.96.0.1:443', '10.96.0.1', 443, true],
    ['10.96.0.1:443', '::ffff:10.96.0.1', 443, true],
    ['10.96.0.1:443', '10.96.0.1', 8443, false],
    ['10.96.0.1', '10.96.0.1', 8443, true],
    ['[fd00::1]:6443', 'fd00::1', 6443, true],
    ['[fd00::1]:6443', 'fd00:0:0::1', 6443, true],
    ['[fd00::1]:6443', 'fd00::1', 80, false],
    ['10.0.0.0/8', '10.255.0.1', 80, true],
    ['10.0.0.0/8:443', '10.255.0.1', 443, true],
    ['10.0.0.0/8:443', '10.255.0.1', 80, false],
    ['::1', '::1', 80, true],
    ['127.0.0.0/8', '::ffff:127.0.0.1', 80, true],
  ])('%s on %s port %i: %s', (entry, address, port, expected) => {
    expect(addressRules({ deny: [entry], allow: [] })(address, port)).toBe(expected);
  });

  it.each([
    ['127.0.0.1:8000', '127.0.0.1', 8000, false],
    ['127.0.0.1:8000', '127.0.0.1', 8001, true],
    ['127.0.0.0/8', '::ffff:127.0.0.1', 1, false],
  ])('allow list %s loosens the deny list for %s port %i', (allow, address, port, expected) => {
    expect(addressRules({ deny: ['127.0.0.0/8'], allow: [allow] })(address, port)).toBe(expected);
  });

  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '::/129', '10.0.0.1:http'])(
    'that cannot be read are named: %j',
    entry => {
      expect(() => addressRules({ deny: [entry], allow: [] })).toThrow(`"${entry}" is not an address`);
    },
  );
});
