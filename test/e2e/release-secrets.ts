import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { awoooi, type Ran } from '../cli/shell.ts';
import { spellings } from '../cli/support-secrets.ts';
import { type Unpacked, unpacked } from '../cli/unpacked-bundle.ts';
import { runFolder } from '../parts/run-folder.ts';
import type { ReleaseWorld } from './release-world.ts';

const Secrets = z.object({ items: z.array(z.object({ data: z.record(z.string(), z.string()).default({}) })) });

/** Every secret of the cluster and of whoever works there, each by itself: not the URLs and lists that some stand in. */
export async function secretsOf({ cluster }: ReleaseWorld): Promise<readonly string[]> {
  const { body } = await cluster.request('/api/v1/secrets?fieldSelector=type=Opaque');
  const values = Secrets.parse(body).items.flatMap(({ data }) => Object.values(data));
  const texts = values.map(value => Buffer.from(value, 'base64').toString());
  const words = texts.filter(text => !/[\s:]/.test(text));
  const inUrls = texts.flatMap(text => /^\w+:\/\/:([^@]+)@/.exec(text)?.[1] ?? []);
  const bots = texts.filter(text => /^\d+:[\w-]+$/.test(text));
  return [...new Set([...words, ...inUrls, ...bots, cluster.adminToken])];
}

export interface Bundle extends Ran, Unpacked {}

/** What `awoooi support-bundle` makes of the release, with the pages and the log of one replica. */
export async function supportBundle({ cluster, replicas: [replica], stage }: ReleaseWorld): Promise<Bundle> {
  const folder = runFolder('bundle');
  const [archive, log] = [join(folder, 'bundle.tar.gz'), join(folder, 'operator.log')];
  writeFileSync(log, replica.process().log());
  const outside = ['--ops-url', replica.opsUrl, '--log-file', log, '--namespace', stage.namespace];
  const env = { KUBECONFIG: cluster.adminKubeconfig, AWOOOI_API_BASE: replica.url, AWOOOI_API_TOKEN: stage.apiToken };
  const ran = await awoooi(['support-bundle', '--output', archive, ...outside], { env });
  return { ...ran, ...unpacked(archive, folder) };
}

/** Where in these texts any of the secrets stands, in whatever spelling: the file, never the secret. */
export function leaks(files: ReadonlyMap<string, string>, secrets: readonly string[]): readonly string[] {
  const wanted = secrets.flatMap(secret => spellings(secret));
  return [...files].filter(([, text]) => wanted.some(spelling => text.includes(spelling))).map(([path]) => path);
}

/** What the operator itself has said so far: on its pages, in its log, and to the API server. */
export async function saidBy({ cluster, replicas }: ReleaseWorld): Promise<ReadonlyMap<string, string>> {
  const said = new Map<string, string>();
  for (const [at, replica] of replicas.entries()) {
    said.set(`metrics of replica ${at}`, await (await fetch(`${replica.opsUrl}/metrics`)).text());
    said.set(`log of replica ${at}`, replica.process().log());
  }
  said.set('events', JSON.stringify((await cluster.request('/apis/events.k8s.io/v1/events')).body));
  for (const plural of ['alertchainprobes', 'signozalertrules', 'repairplaybooks', 'repairruns'])
    said.set(plural, JSON.stringify((await cluster.request(`/apis/awoooi.io/v1alpha1/${plural}`)).body));
  return said;
}
