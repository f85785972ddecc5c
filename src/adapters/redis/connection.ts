import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisMetrics } from '../../telemetry/redis-metrics.ts';
import { asPortError } from './fault.ts';
import { measure } from './measured.ts';
import { gatherWrites } from './one-write.ts';
import { type HostPort, parseRedisUrl, type RedisAddress, type RedisLogin } from './url.ts';
import { writable } from './writable.ts';

/**
 * The commands we use; the same on a single server, behind Sentinel and on a Cluster. Every script and command names one key; what else a
 * script touches lies in its slot.
 */
export interface RedisCommands {
  eval(script: string, keyCount: number, ...keysAndArgs: (string | number)[]): Promise<unknown>;
  evalsha(sha: string, keyCount: number, ...keysAndArgs: (string | number)[]): Promise<unknown>;
  exists(key: string): Promise<number>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  hget(key: string, field: string): Promise<string | null>;
  hgetall(key: string): Promise<Record<string, string>>;
  hvals(key: string): Promise<string[]>;
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
}

export interface RedisConnection {
  readonly commands: RedisCommands;
  /** Each node that holds keys, by itself: for what no key leads to. */
  masters(): readonly RedisCommands[];
  /** A connection of its own for a subscription, not yet connected; it never reconnects by itself. */
  subscriber(): Redis;
  /** Called after each further connection to what was asked before: however short Redis was away, it may have lost what it held. */
  onReturn(listener: () => void): void;
  /** Resolves once Redis takes commands; throws PortError('unavailable') when the signal aborts first. */
  ready(signal: AbortSignal): Promise<void>;
  /** Throws PortError('unavailable') unless Redis takes writes; what it said within the last second counts. */
  writable(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface RedisConnectionOptions {
  readonly url: string;
  /** The URL as it stands now, asked before each further connection: its user name and password count then, its hosts do not. */
  readonly currentUrl?: () => string;
  /** Where it is not in the URL. */
  readonly password?: string;
  readonly sentinelPassword?: string;
  /** PEM; for rediss:// with a CA of one's own. */
  readonly caBundle?: string;
  /** Told of every failure of a connection; ioredis reconnects by itself. The text holds no credentials. */
  readonly onError?: (err: Error) => void;
  readonly metrics?: RedisMetrics;
}

/**
 * ioredis's own defaults answer after 73 s when the server is down and never when the network swallows packets
 * (contracts/typescript-kubernetes.md section 4): here every command ends within commandTimeout, and none is sent twice.
 */
const SAFE = {
  commandTimeout: 1500,
  connectTimeout: 3000,
  socketTimeout: 5000,
  keepAlive: 10_000,
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  replyMapping: 'legacy',
  reconnectOnError: demoted,
} as const satisfies RedisOptions;

/**
 * A master that was demoted keeps our connection, and behind one address only a new connection finds the new master.
 * True, not 2: the command fails to its caller and is not sent again. Older Redis says it in the middle when a script hits it.
 */
function demoted({ message }: Error): boolean {
  return /^(READONLY|MASTERDOWN) |: -READONLY /.test(message);
}

/** ioredis chooses its types by replyMapping and wants it said. */
type Options = RedisOptions & { readonly replyMapping: 'legacy' };
type Unmapped = Omit<RedisOptions, 'replyMapping'>;

const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 5), 1000) + Math.floor(Math.random() * 50);

/** Connects in the background and stays connected; commands fail at once while Redis is away. Throws an Error on a wrong URL. */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const address = parseRedisUrl(options.url);
  const common: Options = { ...SAFE, ...loginOptions(address.login, options) };
  const client =
    address.mode === 'cluster'
      ? clusterClient(address.nodes, common)
      : new Redis({ ...serverOptions(address, options), ...common, retryStrategy });
  gatherWrites(client);
  if (options.metrics) measure(client, options.metrics);
  followLogin(client, options);
  let closed = false;
  client.on('error', (err: Error) => {
    // What we cut off ourselves complains too.
    if (!closed) options.onError?.(err);
  });
  return {
    commands: client,
    masters: () => (client instanceof Cluster ? client.nodes('master') : [client]),
    subscriber: () => subscriberOf(client, address, { ...common, ...serverOptions(address, options), ...loginNow(options) }),
    onReturn: listener => followReturns(client, listener),
    ready: signal => whenReady(client, signal),
    writable: writable(client),
    close() {
      closed = true;
      client.disconnect();
    },
  };
}

/** A password that was replaced while the process runs: ioredis reads its options anew for each connection that it opens. */
function followLogin(client: Redis | Cluster, options: RedisConnectionOptions): void {
  if (client instanceof Cluster) client.on('+node', (node: Redis) => Object.assign(node.options, loginNow(options)));
  else client.on('reconnecting', () => Object.assign(client.options, loginNow(options)));
}

/** What is no Redis URL, such as a file half written, changes nothing. */
function loginNow({ url, currentUrl = () => url, password }: RedisConnectionOptions): Unmapped {
  try {
    return signIn(parseRedisUrl(currentUrl()).login, password);
  } catch {
    return {};
  }
}

function signIn(login: RedisLogin, given: string | undefined): Unmapped {
  const password = given ?? login.password;
  return { ...(login.username !== undefined && { username: login.username }), ...(password !== undefined && { password }) };
}

function loginOptions(login: RedisLogin, options: RedisConnectionOptions): Unmapped {
  return {
    ...signIn(login, options.password),
    ...(login.tls && { tls: options.caBundle === undefined ? {} : { ca: options.caBundle } }),
  };
}

function serverOptions(address: RedisAddress, options: RedisConnectionOptions): Unmapped {
  if (address.mode === 'standalone') return { host: address.host, port: address.port, db: address.login.db };
  if (address.mode === 'cluster') return {};
  const tls = options.caBundle === undefined ? {} : { ca: options.caBundle };
  return {
    sentinels: address.nodes.map(node => ({ ...node })),
    name: address.master,
    db: address.login.db,
    failoverDetector: true,
    sentinelRetryStrategy: retryStrategy,
    ...(options.sentinelPassword !== undefined && { sentinelPassword: options.sentinelPassword }),
    ...(address.login.tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

function clusterClient(nodes: readonly HostPort[], redisOptions: Options): Cluster {
  const { enableOfflineQueue, ...perNode } = redisOptions;
  return new Cluster([...nodes], {
    redisOptions: perNode,
    enableOfflineQueue: enableOfflineQueue ?? false,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: 2000,
    slotsRefreshInterval: 15_000,
    maxRedirections: 6,
    retryDelayOnFailover: 100,
  });
}

/** In a Cluster every node carries every message, so any node that is known now will do. */
function subscriberOf(client: Redis | Cluster, address: RedisAddress, options: Options): Redis {
  const node = address.mode === 'cluster' && client instanceof Cluster ? anyNode(client, address.nodes) : {};
  return new Redis({ ...options, ...node, lazyConnect: true, autoResubscribe: false, retryStrategy: null });
}

function anyNode(cluster: Cluster, seeds: readonly HostPort[]): { host?: string; port?: number } {
  const known = cluster
    .nodes('master')
    .flatMap(({ options: { host, port } }) => (host !== undefined && port !== undefined ? [{ host, port }] : []));
  const candidates = known.length > 0 ? known : seeds;
  return candidates[Math.floor(Math.random() * candidates.length)] ?? {};
}

/** Of a Cluster each node by itself: the others may have been there all the time. */
function followReturns(client: Redis | Cluster, listener: () => void): void {
  const follow = (): void => void client.on(client instanceof Cluster ? '+node' : 'ready', listener);
  if (client.status === 'ready') follow();
  else client.once('ready', follow);
}

function whenReady(client: Redis | Cluster, signal: AbortSignal): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onReady = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      client.off('ready', onReady);
      reject(asPortError('connect', signal.reason));
    };
    client.once('ready', onReady);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
