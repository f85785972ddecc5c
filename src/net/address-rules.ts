import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Where no spec may lead unless the operator's configuration allows it: link-local addresses, those at which clouds tell a machine its
 * credentials (AWS and most others, fd00:ec2:: AWS, fd20:ce:: Google, 100.100.100.200 Alibaba, 168.63.129.16 Azure), and "this host".
 */
export const ALWAYS_DENIED: readonly string[] = [
  '169.254.0.0/16',
  'fe80::/10',
  '169.254.169.254',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
  '0.0.0.0/8',
  '::/128',
];

export interface AddressRulesOptions {
  /** Entries `ADDRESS`, `ADDRESS/PREFIX`, `ADDRESS:PORT` or `[IPv6]:PORT`; without a port an entry holds for all ports. */
  readonly deny: readonly string[];
  /** Same forms; what they match is allowed whatever `deny` says. */
  readonly allow: readonly string[];
}

/** Whether a connection to this literal address and port is forbidden. */
export type IsDenied = (address: string, port: number) => boolean;

/** Throws an Error that names the entry if one cannot be read. */
export function addressRules({ deny, allow }: AddressRulesOptions): IsDenied {
  const denied = matcher(deny);
  const allowed = matcher(allow);
  return (address, port) => {
    const plain = plainAddress(address);
    return denied(plain, port) && !allowed(plain, port);
  };
}

function matcher(entries: readonly string[]): IsDenied {
  const anyPort = new BlockList();
  const byPort = new Map<number, BlockList>();
  for (const entry of entries) {
    const { range, port } = parseEntry(entry);
    const list = port === undefined ? anyPort : (byPort.get(port) ?? new BlockList());
    if (port !== undefined) byPort.set(port, list);
    addRange(list, range, entry);
  }
  return (address, port) => {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    return anyPort.check(address, family) || (byPort.get(port)?.check(address, family) ?? false);
  };
}

function parseEntry(entry: string): { range: string; port: number | undefined } {
  const withPort = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:[\]]+)):(?<port>\d{1,5})$/.exec(entry.trim())?.groups;
  if (!withPort) return { range: entry.trim().replace(/^\[(.*)\]$/, '$1'), port: undefined };
  return { range: withPort['v6'] ?? withPort['v4'] ?? '', port: Number(withPort['port']) };
}

function addRange(list: BlockList, range: string, entry: string): void {
  const [address = '', prefix] = range.split('/');
  const plain = plainAddress(address);
  const version = isIP(plain);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || prefix === '' || !Number.isInteger(length) || length < 0 || length > bits) {
    throw new Error(`"${entry}" is not an address, a range (10.0.0.0/8) or an address with a port (10.0.0.1:443, [fd00::1]:443)`);
  }
  list.addSubnet(plain, length, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The address that is really meant: without a zone (`fe80::1%eth0`), and IPv4 where IPv6 only wraps it
 * (mapped, RFC 4291 2.5.5.2; NAT64, RFC 6052 2.1), or a rule for the one could be walked around by the other.
 */
function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 6) return bare;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const low = /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(canonical);
  if (!low) return canonical;
  const [high, rest] = [parseInt(low[1] ?? '0', 16), parseInt(low[2] ?? '0', 16)];
  return [high >> 8, high & 255, rest >> 8, rest & 255].join('.');
}
