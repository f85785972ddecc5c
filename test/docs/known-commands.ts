import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { awoooi } from '../../src/cli/program.ts';
import { closedCli } from '../builders/closed-cli.ts';
import { Root } from '../parts/installed.ts';

/** What kubectl knows without our kinds, of what the pages name. */
const BUILT_IN =
  'configmap configmaps cm crd customresourcedefinition daemonset deployment deploy endpointslices events events.events.k8s.io ingress lease leases namespace namespaces ns node nodes pod pods prometheusrule persistentvolumeclaim pvc replicaset role rolebinding secret secrets service services servicemonitor serviceaccount statefulset sts validatingadmissionpolicy';
const OURS =
  'awoooi alertchainprobe alertchainprobes acp signozalertrule signozalertrules sar repairplaybook repairplaybooks rpb repairrun repairruns rr repairruns.awoooi.io';
/** Of others, which are there once theirs are installed. */
const OTHERS = 'kustomization applications rollout canary alertmanagerconfig externalsecret kustomization.kustomize.toolkit.fluxcd.io';
const KINDS = new Set([...BUILT_IN.split(' '), ...OURS.split(' '), ...OTHERS.split(' ')]);
const WITH_KINDS = new Set(['get', 'delete', 'describe', 'patch', 'annotate', 'label', 'wait']);

const helps = new Map<string, Promise<string>>();

/** What `awoooi … --help` prints; throws where there is no such command. */
function helpOf(path: readonly string[]): Promise<string> {
  const key = path.join(' ');
  const known = helps.get(key);
  if (known) return known;
  const made = (async () => {
    let text = '';
    const out = { isTTY: false, write: (part: string): void => void (text += part) };
    const status = await awoooi([...path, '--help'], closedCli({ stdout: out, stderr: out }));
    return status === 0 ? text : '';
  })();
  helps.set(key, made);
  return made;
}

/** The names below "Commands:" of a help. */
const commandsIn = (help: string): Set<string> =>
  new Set([...(help.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, name = '']) => name));

/** What is wrong with a command line of `awoooi`: a command or an option that there is not. */
export async function awoooiComplaint(words: readonly string[]): Promise<string | undefined> {
  const path: string[] = [];
  let rest = words.map(word => word.replaceAll(/[[\]]/g, ''));
  let help = await helpOf([]);
  for (let names = commandsIn(help); names.size > 0; names = commandsIn(help)) {
    const [name = '', ...more] = rest;
    if (name.startsWith('-')) break;
    if (!names.has(name)) return `no command ${[...path, name].join(' ')}`;
    path.push(name);
    rest = more;
    help = await helpOf(path);
  }
  const options = new Set([...help.matchAll(/(?<=^ {2}|, )(-[\w-]+)/gm)].map(([, option = '']) => option));
  const strange = rest
    .filter(word => /^--?[a-z]/.test(word))
    .map(word => word.split('=')[0] ?? '')
    .filter(option => !options.has(option));
  return strange.length > 0 ? `awoooi ${path.join(' ')} has no ${strange.join(', ')}` : undefined;
}

/** The value behind each of these flags. */
function valuesOf(words: readonly string[], flags: ReadonlySet<string>): string[] {
  return words.flatMap((word, at) => {
    const [flag = '', ...value] = word.split('=');
    if (flags.has(word)) return words[at + 1] ?? [];
    return value.length > 0 && flag.startsWith('--') && flags.has(flag) ? value.join('=') : [];
  });
}

const FILES = new Set(['-f', '-k', '--filename', '--kustomize', '--values', '--patch-file', '--from-file']);
const FLAGS_WITH_VALUE = new Set([
  '-n',
  '--namespace',
  '-o',
  '-l',
  '-f',
  '-k',
  '-p',
  '--type',
  '--field-selector',
  '--tail',
  '-c',
  '--context',
]);

/** Files of the repository that a line names and that are not there. */
function missingFiles(words: readonly string[]): string[] {
  return valuesOf(words, FILES).filter(
    path => /^(?:\.\/)?(?:examples|config|charts|docs|scripts)\//.test(path) && !existsSync(join(Root, path)),
  );
}

/** What is wrong with a line of kubectl: a file or a kind that there is not. */
export function kubectlComplaint(words: readonly string[]): string | undefined {
  const missing = missingFiles(words);
  if (missing.length > 0) return `no file ${missing.join(', ')}`;
  const plain = words.filter((word, at) => !word.startsWith('-') && !FLAGS_WITH_VALUE.has(words[at - 1] ?? ''));
  const [verb = '', named] = plain;
  if (!WITH_KINDS.has(verb) || named === undefined || words.includes('--raw')) return undefined;
  const strange = named
    .split(',')
    .map(one => one.split('/')[0] ?? '')
    .filter(kind => !KINDS.has(kind.toLowerCase()));
  return strange.length > 0 ? `kubectl ${verb} knows no ${strange.join(', ')}` : undefined;
}

const values: unknown = parse(readFileSync(join(Root, 'charts/awoooi-operator/values.yaml'), 'utf8'));
const OPEN = new Set(['settings', 'credentials', 'commonLabels', 'podLabels', 'podAnnotations']);

/** Whether the chart has a value of this name; below maps that take any key, any. */
function hasValue(path: string): boolean {
  let at: unknown = values;
  for (const key of path.replaceAll(/\[\d+\]/g, '').split('.')) {
    if (Array.isArray(at)) return true;
    if (typeof at !== 'object' || at === null || !(key in at)) return false;
    if (OPEN.has(key)) return true;
    at = Object.entries(at).find(([name]) => name === key)?.[1];
  }
  return true;
}

/** What is wrong with a line of helm: a chart, a file or a value that there is not. */
export function helmComplaint(words: readonly string[]): string | undefined {
  const missing = [...missingFiles(words), ...words.filter(word => /^(?:\.\/)?charts\//.test(word) && !existsSync(join(Root, word)))];
  if (missing.length > 0) return `no file ${missing.join(', ')}`;
  const set = valuesOf(words, new Set(['--set', '--set-string'])).map(text => text.split('=')[0] ?? '');
  const strange = set.filter(path => !hasValue(path));
  return strange.length > 0 ? `the chart has no value ${strange.join(', ')}` : undefined;
}

const targets = new Set([...readFileSync(join(Root, 'Makefile'), 'utf8').matchAll(/^([a-z0-9-]+):/gm)].map(([, name = '']) => name));

export function makeComplaint(words: readonly string[]): string | undefined {
  const strange = words.filter(word => !word.includes('=') && !targets.has(word));
  return strange.length > 0 ? `the Makefile has no target ${strange.join(', ')}` : undefined;
}
