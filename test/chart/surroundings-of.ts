import { z } from 'zod';
import type { Surroundings } from '../../src/config/surroundings.ts';
import { podsOf, type PodOf } from './pods.ts';
import { KubeObject, type Rendered } from './rendered.ts';

const Secret = KubeObject.extend({ data: z.record(z.string(), z.base64()).default({}) });

/** What the operator's process finds in its pod: the environment, and the files of the volumes, with the Secrets filled in. */
export function surroundingsOf(chart: Rendered): Surroundings {
  const pod = operatorOf(chart);
  const [container] = pod.spec.containers;
  const files = filesIn(pod, secretsOf(chart));
  return {
    env: Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value ?? chart.namespace])),
    readFile(path) {
      const text = files.get(path);
      if (text === undefined) throw new Error(`no volume brings ${path}`);
      return text;
    },
  };
}

export function operatorOf(chart: Rendered): PodOf {
  const found = podsOf(chart).find(({ kind }) => kind === 'Deployment');
  if (found === undefined) throw new Error(`${chart.row.name}: no Deployment`);
  return found;
}

/** All Secrets that there are: those of the release, and those that people made. */
export function secretsOf(chart: Rendered): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const made = chart
    .all('Secret', Secret)
    // What takes the Secret away in the end is empty.
    .filter(({ metadata }) => metadata.annotations['helm.sh/hook'] !== 'post-delete')
    .map(({ metadata, data }): [string, Record<string, string>] => [
      metadata.name,
      Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])),
    ]);
  return new Map([...Object.entries(chart.row.secrets ?? {}), ...made]);
}

/** Path to content, of everything that Secrets bring into a pod; throws where one of them lacks the key. */
export function filesIn({ name, spec }: PodOf, secrets: ReturnType<typeof secretsOf>): ReadonlyMap<string, string> {
  const mounts = spec.containers.flatMap(({ volumeMounts }) => volumeMounts);
  const entries = mounts.flatMap(({ name: of, mountPath }) => {
    const volume = spec.volumes.find(each => each.name === of);
    const whole = volume?.secret;
    const sources = [
      ...(volume?.projected?.sources.map(({ secret }) => secret) ?? []),
      ...(whole === undefined ? [] : [{ name: whole.secretName, items: whole.items }]),
    ];
    return sources.flatMap(source =>
      source.items.map(({ key, path }): [string, string] => {
        const content = secrets.get(source.name)?.[key];
        if (content === undefined) throw new Error(`${name} waits for the key ${key} of the Secret ${source.name}`);
        return [`${mountPath}/${path}`, content];
      }),
    );
  });
  return new Map(entries);
}
