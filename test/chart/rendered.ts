import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHART, helm } from '../parts/helm.ts';
import { Root } from '../parts/installed.ts';

const Words = z.record(z.string(), z.string());

/** What is read of every object. */
export const KubeObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: Words.default({}),
    annotations: Words.default({}),
  }),
});
export type KubeObject = z.infer<typeof KubeObject>;

/** One way of installing the chart. */
export interface Row {
  readonly name: string;
  readonly values?: Readonly<Record<string, unknown>>;
  /** A file of values, from the root of the repository. */
  readonly file?: string;
  readonly release?: string;
  readonly namespace?: string;
  /** What the cluster serves besides Kubernetes itself, as GROUP/VERSION/KIND. */
  readonly apiVersions?: readonly string[];
  /** Secrets that people have made before: name to key to content. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Rendered {
  readonly row: Row;
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
  /** All of one kind, read by a schema. */
  all<T>(kind: string, schema: z.ZodType<T>): readonly T[];
  /** The one object of a kind with this name; throws where there is none. */
  one<T>(kind: string, name: string, schema: z.ZodType<T>): T;
  /** `Kind/name`, or `Kind/namespace/name` where that is another than the release's. */
  names(...kinds: readonly string[]): readonly string[];
}

/** `helm template` of a row; throws what helm says where it refuses. */
export async function rendered(row: Row): Promise<Rendered> {
  const { namespace = 'awoooi-system' } = row;
  const text = await helm(['template', row.release ?? 'awoooi', CHART, `--namespace=${namespace}`, ...flagsOf(row)]);
  const objects = text.split(/^---\n/m).flatMap(document => parsed(document) ?? []);
  const of = (kind: string): readonly KubeObject[] => objects.filter(object => object.kind === kind);
  return {
    row,
    namespace,
    objects,
    all: (kind, schema) => of(kind).map(object => schema.parse(object)),
    one(kind, name, schema) {
      const [found, ...others] = of(kind).filter(({ metadata }) => metadata.name === name);
      if (found === undefined || others.length > 0) throw new Error(`${row.name}: ${others.length + 1} objects ${kind}/${name}`);
      return schema.parse(found);
    },
    names(...kinds) {
      const all = kinds
        .flatMap(kind => of(kind))
        .map(({ kind, metadata: { name, namespace: other = namespace } }) =>
          other === namespace ? `${kind}/${name}` : `${kind}/${other}/${name}`,
        );
      // Some are made by one hook and taken away by another.
      return [...new Set(all)];
    },
  };
}

/** What `helm template` says where it refuses. */
export async function refusal(row: Omit<Row, 'name'>): Promise<string> {
  try {
    await rendered({ ...row, name: 'refused' });
  } catch (err) {
    // Without the command itself, which repeats the values.
    return err instanceof Error ? err.message.slice(err.message.indexOf('\n')) : String(err);
  }
  throw new Error('helm took it');
}

function flagsOf({ values = {}, file, apiVersions = [] }: Row): string[] {
  return [
    ...(file === undefined ? [] : [`--values=${resolve(Root, file)}`]),
    ...Object.entries(values).map(([name, value]) => `--set-json=${name}=${JSON.stringify(value)}`),
    ...apiVersions.map(each => `--api-versions=${each}`),
  ];
}

/** The definitions of the kinds are long, and the same in every row. */
const known = new Map<string, KubeObject | undefined>();

function parsed(document: string): KubeObject | undefined {
  if (!known.has(document)) {
    const content: unknown = parse(document);
    known.set(document, content === null ? undefined : KubeObject.parse(content));
  }
  return known.get(document);
}
