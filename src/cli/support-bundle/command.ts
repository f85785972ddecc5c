import { type Command, Option } from 'commander';
import { type CliDeps, type Ended, EXIT, type NewFile, type SurveySession } from '../deps.ts';
import { readable, refused } from '../given.ts';
import { timeoutMs } from '../timeout.ts';
import { type Bundle, bundled } from './archive.ts';
import { collect } from './collect.ts';
import { type Draft, draft, Interrupted } from './draft.ts';
import type { OutsideFlags } from './outside.ts';

interface Flags extends OutsideFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly namespace: readonly string[];
  readonly operatorNamespace: string;
  readonly selector: string;
  readonly since: number;
  readonly timeout: number;
  readonly maskFile?: string;
}

const HELP = `
Exit status: 0 a bundle was written (standard error and manifest.json name what is missing), 1 nothing could be collected or it was
interrupted, 2 the arguments, the kubeconfig or the file are wrong. Standard output has the path of the bundle, or with --output - the bundle.

The cluster is the one of KUBECONFIG, with your own rights there: docs/support-bundle.md lists them. Secrets are never read, and what looks
like one is masked. Where AWOOOI_API_BASE and AWOOOI_API_TOKEN are set, the API is asked as well.

Examples:
  awoooi support-bundle
  awoooi support-bundle -n shop -n payments --since 6h --output /tmp/bundle.tar.gz
  awoooi support-bundle --output - | tar -tzf -`;

const duration = (flags: string, says: string): Option => new Option(flags, says).argParser(timeoutMs);
const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Made anew for each command line: it keeps what it was given. */
const namespaces = (): Option =>
  new Option('-n, --namespace <namespace>', 'objects of this namespace, or all; may be repeated').argParser(several).default([], 'all');

/** `awoooi support-bundle`. */
export function addSupportBundle(program: Command, deps: CliDeps, ended: Ended): void {
  program
    .command('support-bundle')
    .description('versions, configuration, objects, Events, logs and metrics in one archive, without secrets')
    .option('--output <file>', 'where it is written; - for standard output (default: awoooi-support-bundle-<time>.tar.gz here)')
    .option('--force', 'replace the file that is there')
    .addOption(namespaces())
    .option('--operator-namespace <namespace>', 'where the operator runs', 'awoooi-system')
    .option('--selector <labels>', "labels of the operator's Deployment and pods", 'app.kubernetes.io/name=awoooi-operator')
    .addOption(duration('--since <duration>', 'how far back logs go').default(3_600_000, '1h'))
    .addOption(duration('--timeout <duration>', 'how long all of it may take').default(300_000, '5m'))
    .option('--ops-url <url>', 'the other port (8081) of an operator that runs outside of a pod')
    .option('--log-file <file>', 'the log of such an operator')
    .option('--mask-file <file>', 'further words to mask, one on each line; of NAME=value the value')
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => ended(await supportBundle(flags, deps)));
}

async function supportBundle(flags: Flags, deps: CliDeps): Promise<number> {
  const words = await maskedWords(flags.maskFile, deps);
  if (!words.ok) return refused(words.problems, deps);
  const createdAt = deps.now();
  const folder = `awoooi-support-bundle-${createdAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const path = flags.output ?? `${folder}.tar.gz`;
  if (path === '-' && deps.stdout.isTTY) return refused(['an archive is nothing for a terminal: name a file, or pipe it on'], deps);
  const opened = await deps.openSurvey();
  if (!opened.ok) return refused(opened.problems, deps);
  try {
    const file = await deps.newFile(path, { force: flags.force ?? false });
    if (!file.ok) return refused(file.problems, deps);
    return await written({ flags, deps, session: opened.value, words: words.value, file: file.value, place: { path, folder, createdAt } });
  } finally {
    await opened.value.close();
  }
}

async function maskedWords(path: string | undefined, deps: CliDeps) {
  if (path === undefined) return { ok: true, value: [] } as const;
  const text = await readable(path, deps);
  if (!text.ok) return text;
  return { ok: true, value: text.value.split('\n').flatMap(line => [line, line.replace(/^[A-Za-z_]\w*=/, '')]) } as const;
}

interface Work {
  readonly flags: Flags;
  readonly deps: CliDeps;
  readonly session: SurveySession;
  readonly words: readonly string[];
  readonly file: NewFile;
  readonly place: { readonly path: string; readonly folder: string; readonly createdAt: Date };
}

async function written(work: Work): Promise<number> {
  const { deps, file, place } = work;
  try {
    const collected = await collectedFor(work);
    if (collected.answered === 0) return nothing(collected, deps);
    const bundle = await bundled(collected, { ...place, facts: factsOf(work) });
    if (deps.signal.aborted) throw new Interrupted('interrupted');
    await file.keep(bundle.bytes);
    told(bundle, place.path, deps);
    return EXIT.passed;
  } catch (err) {
    if (!(err instanceof Error)) throw err;
    const why = err instanceof Interrupted ? 'interrupted: no bundle was written' : `the bundle could not be written: ${err.message}`;
    deps.stderr.write(`${why}\n`);
    return EXIT.failed;
  } finally {
    await file.discard();
  }
}

async function collectedFor({ flags, deps, session, words }: Work): Promise<Draft> {
  let last = '';
  const begun = (part: string): void => {
    if (part !== last) deps.stderr.write(`  ${part}\n`);
    last = part;
  };
  deps.stderr.write('collecting\n');
  const late = AbortSignal.timeout(flags.timeout);
  const empty = draft({ variables: session.variables, secrets: [...session.secrets, ...words], begun, signal: deps.signal, late });
  await collect({ draft: empty, session, deps, scope: scopeOf(flags), outside: flags });
  return empty;
}

function scopeOf({ namespace, operatorNamespace, selector, since }: Flags) {
  const namespaces = namespace.length === 0 || namespace.includes('all') ? undefined : [...new Set(namespace)].toSorted();
  return { namespaces, operatorNamespace, selector, sinceSeconds: Math.ceil(since / 1000) };
}

function factsOf({ flags, deps }: Work) {
  const { namespaces, ...scope } = scopeOf(flags);
  return {
    madeBy: `awoooi ${deps.version}`,
    scope: { namespaces: namespaces ?? 'all', ...scope },
    masking: 'Secrets were not read. *** stands for what is one by its name, its place or its shape. Look through it before handing it on.',
  };
}

function nothing({ shortfalls }: Draft, { stderr }: CliDeps): number {
  stderr.write('nothing could be collected, so no bundle was written:\n');
  for (const { part, problem } of shortfalls) stderr.write(`  ${part}: ${problem}\n`);
  return EXIT.failed;
}

function told({ bytes, files, shortfalls }: Bundle, path: string, { stdout, stderr }: CliDeps): void {
  if (shortfalls.length > 0) stderr.write('could not be collected:\n');
  for (const { part, problem } of shortfalls) stderr.write(`  ${part}: ${problem}\n`);
  const missing = shortfalls.length === 0 ? 'nothing is missing' : `${shortfalls.length} missing, which its manifest.json names too`;
  stderr.write(
    `${path === '-' ? 'bundle' : path}: ${files} files, ${bytes.length} bytes; ${missing}. Look through it before you hand it on.\n`,
  );
  if (path !== '-') stdout.write(`${path}\n`);
}
