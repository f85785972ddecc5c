import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Cluster } from '../parts/cluster.ts';
import { CHART, helm } from '../parts/helm.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { runFolder } from '../parts/run-folder.ts';

export const RELEASE = { name: 'awoooi', namespace: 'awoooi-system', fullname: 'awoooi-operator' };
export const CREDENTIALS = `${RELEASE.fullname}-credentials`;

const Data = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** The chart as it is installed in a cluster. */
export interface Release {
  helm(...args: readonly string[]): Promise<string>;
  /** `helm upgrade --install` with these values. */
  install(values: object): Promise<string>;
  secret(name: string): Promise<Readonly<Record<string, string>>>;
  /** Writes these keys of a Secret, as a person who rotates it. */
  rotate(name: string, keys: Readonly<Record<string, string>>): Promise<void>;
  /** A redis-server with the configuration and the password of the release. */
  redis(): Promise<Part>;
  /** Has it take the password that the release has now, as a pod on its volume would come up. */
  renewRedis(redis: Part): Promise<void>;
}

export function release(cluster: Cluster): Release {
  const { name, namespace, fullname } = RELEASE;
  const call = (...args: readonly string[]): Promise<string> => helm(['-n', namespace, ...args], cluster.adminKubeconfig);
  const dataOf = async (path: string): Promise<Record<string, string>> =>
    Data.parse((await cluster.request(`/api/v1/namespaces/${namespace}/${path}`)).body).data;
  const secret = async (of: string): Promise<Record<string, string>> => {
    const decoded = Object.entries(await dataOf(`secrets/${of}`)).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
    return Object.fromEntries(decoded);
  };
  const redisSecret = () => secret(`${fullname}-redis`);
  let password = '';
  return {
    helm: call,
    secret,
    install(values) {
      const file = join(runFolder('values'), 'values.json');
      writeFileSync(file, JSON.stringify(values));
      return call('upgrade', '--install', name, CHART, '--create-namespace', '-f', file);
    },
    async rotate(of, stringData) {
      const path = `/api/v1/namespaces/${namespace}/secrets/${of}`;
      const { status } = await cluster.request(path, { method: 'PATCH', body: { stringData }, contentType: MERGE });
      if (status !== 200) throw new Error(`the patch of Secret ${of} was answered ${status}`);
    },
    async redis() {
      const [{ 'redis.conf': text = '' }, files] = await Promise.all([dataOf(`configmaps/${fullname}-redis`), redisSecret()]);
      password = files['REDIS_PASSWORD'] ?? '';
      return startRedis({ configuration: { text, files: { '/etc/redis/secret': files } } });
    },
    async renewRedis({ url }) {
      const admin = new Redis(url, { password });
      password = (await redisSecret())['REDIS_PASSWORD'] ?? '';
      await admin.config('SET', 'requirepass', password);
      admin.disconnect();
    },
  };
}

const MERGE = 'application/merge-patch+json';
