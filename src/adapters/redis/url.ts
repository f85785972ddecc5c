/** Where Redis is, as one URL says it. */
export type RedisAddress =
  | { readonly mode: 'standalone'; readonly host: string; readonly port: number; readonly login: RedisLogin }
  | { readonly mode: 'sentinel'; readonly nodes: readonly HostPort[]; readonly master: string; readonly login: RedisLogin }
  | { readonly mode: 'cluster'; readonly nodes: readonly HostPort[]; readonly login: RedisLogin };

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls: boolean;
}

const SHAPE = /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?$/;
const HOST_PORT = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::([0-9]{1,5}))?$/;

/**
 * Reads `redis://[user:password@]host[:port][/db]`, `redis+sentinel://…@host:port,host:port/master[/db]` and
 * `redis+cluster://…@host:port,host:port`, each also as `rediss` for TLS. Throws an Error whose text never holds the URL itself.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [, scheme, mode = 'standalone', userinfo, hosts = '', path = ''] = SHAPE.exec(url) ?? [];
  if (scheme === undefined) {
    throw new Error('the Redis URL must begin with redis://, rediss://, redis+sentinel:// or redis+cluster:// and name a host.');
  }
  const credentials = { ...parseUserinfo(userinfo), tls: scheme === 'rediss' };
  const nodes = hosts.split(',').map(text => parseHost(text, mode === 'sentinel' ? 26_379 : 6379));
  if (mode === 'sentinel') return sentinel(nodes, path, credentials);
  const login = { ...credentials, db: parseDb(path) };
  if (mode === 'cluster') return cluster(nodes, login);
  const [node, ...more] = nodes;
  if (!node || more.length > 0) throw new Error('a redis:// URL names one host; use redis+sentinel:// or redis+cluster:// for several.');
  return { mode: 'standalone', ...node, login };
}

function sentinel(nodes: readonly HostPort[], path: string, credentials: Omit<RedisLogin, 'db'>): RedisAddress {
  const [master = '', db = ''] = path.split('/');
  if (!master) throw new Error('a redis+sentinel:// URL ends in the name of the master: redis+sentinel://host:26379/mymaster.');
  return { mode: 'sentinel', nodes, master: decodeURIComponent(master), login: { ...credentials, db: parseDb(db) } };
}

function cluster(nodes: readonly HostPort[], login: RedisLogin): RedisAddress {
  if (login.db !== 0) throw new Error('a Redis Cluster has database 0 only; leave the path of the URL empty.');
  return { mode: 'cluster', nodes, login };
}

function parseUserinfo(userinfo = ''): { username?: string; password?: string } {
  const [username = '', ...rest] = userinfo.split(':');
  const password = rest.join(':');
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}

function parseHost(text: string, fallbackPort: number): HostPort {
  const [, host, port] = HOST_PORT.exec(text.trim()) ?? [];
  if (host === undefined || Number(port ?? 1) > 65_535) throw new Error('the Redis URL holds a host that is not host or host:port.');
  return { host: host.replaceAll(/[[\]]/g, ''), port: Number(port ?? fallbackPort) };
}

function parseDb(path: string): number {
  if (!/^[0-9]{0,5}$/.test(path)) throw new Error('the path of the Redis URL is the number of a database, such as /0.');
  return Number(path || 0);
}

/** The address for logs: mode, hosts and master, never a user name or password. */
export function describeAddress(address: RedisAddress): string {
  const hosts = address.mode === 'standalone' ? [address] : address.nodes;
  const list = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return address.mode === 'sentinel' ? `sentinel ${list} master ${address.master}` : `${address.mode} ${list}`;
}
