import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { helm } from '../parts/helm.ts';
import { Root } from '../parts/installed.ts';
import { exampleFiles, manifestsOf } from './manifests.ts';

const Application = z.object({
  spec: z.object({
    source: z.object({ path: z.string(), helm: z.object({ releaseName: z.string(), valuesObject: z.record(z.string(), z.string()) }) }),
    destination: z.object({ namespace: z.string() }),
    ignoreDifferences: z.array(z.object({ kind: z.string(), name: z.string(), jsonPointers: z.array(z.string()) })),
  }),
});
const { source, destination, ignoreDifferences } = Application.parse(manifestsOf('examples/gitops/argocd/operator.yaml')[0]).spec;

const values = Object.entries(source.helm.valuesObject).map(([name, value]) => `--set=${name}=${value}`);

const Rendered = z.looseObject({ kind: z.string(), metadata: z.object({ name: z.string() }) });

/** What Argo CD makes of the chart: like `helm template` it does not look into a cluster. */
async function rendered(): Promise<z.infer<typeof Rendered>[]> {
  const stdout = await helm([
    'template',
    source.helm.releaseName,
    join(Root, source.path),
    '--namespace',
    destination.namespace,
    ...values,
  ]);
  return parseAllDocuments(stdout).flatMap(document => {
    const read = Rendered.safeParse(document.toJS());
    return read.success ? [read.data] : [];
  });
}

const secretsOf = (objects: Awaited<ReturnType<typeof rendered>>) => objects.filter(({ kind }) => kind === 'Secret');

const keys = (secret: object): string[] => ['data', 'stringData'].filter(key => key in secret).map(key => `/${key}`);

it('Argo CD leaves alone just what the chart makes up anew whenever it is rendered', async () => {
  const [first, second] = [await rendered(), await rendered()];
  const [once, again] = [secretsOf(first), secretsOf(second)];
  const changing = once.filter((secret, at) => JSON.stringify(secret) !== JSON.stringify(again[at]));
  expect(ignoreDifferences.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
    changing.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  );
  const missed = changing.filter((secret, at) => keys(secret).some(key => !ignoreDifferences[at]?.jsonPointers.includes(key)));
  expect(missed).toEqual([]);
  // Nothing else that is rendered differs, or the operator would be restarted by each sync.
  const rest = (objects: Awaited<ReturnType<typeof rendered>>) => objects.filter(({ kind }) => kind !== 'Secret');
  expect(rest(first)).toEqual(rest(second));
});

it('the examples lead to the Service that the chart makes', async () => {
  const services = (await rendered()).filter(({ kind }) => kind === 'Service');
  const hosts = exampleFiles().flatMap(path =>
    [...readFileSync(join(Root, path), 'utf8').matchAll(/[@/]([\w-]+)\.awoooi-system\.svc:8000/g)].map(([, host]) => host),
  );
  expect([...new Set(hosts)]).toEqual(['awoooi-operator']);
  const Ports = z.array(z.looseObject({ spec: z.object({ ports: z.array(z.object({ port: z.int() })) }) }));
  const own = Ports.parse(services.filter(({ metadata }) => metadata.name === 'awoooi-operator'));
  expect(own.flatMap(({ spec }) => spec.ports.map(({ port }) => port))).toContain(8000);
});
