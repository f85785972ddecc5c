import { parseRepairPlaybook } from '../crds/repairplaybook/parse.ts';
import { withoutDefaults } from '../domain/playbook/without-defaults.ts';
import type { ListedPlaybook } from '../domain/ports/playbook-reader.ts';
import { type Fields, fieldsAt } from '../domain/text/json-fields.ts';
import { jsonText } from './ask-api.ts';
import { type CliDeps, EXIT } from './deps.ts';
import { NEXT, objectYaml } from './output/object-yaml.ts';

export interface ExportOptions {
  /** Those that people wrote, too. */
  readonly all: boolean;
  readonly output: 'yaml' | 'json';
}

/** Playbooks as files for Git, the same bytes for the same playbooks: 1 where one is left out because it cannot be read. */
export function exportPlaybooks(found: readonly ListedPlaybook[], { all, output }: ExportOptions, { stdout, stderr }: CliDeps): number {
  const chosen = all ? found : found.filter(isLearned);
  const written = chosen.map(exported);
  const files = written.flatMap(({ file }) => (file ? [file] : []));
  stdout.write(output === 'json' ? jsonText({ apiVersion: 'v1', kind: 'List', items: files }) : files.map(objectYaml).join(NEXT));
  for (const { problem } of written) if (problem !== undefined) stderr.write(`${problem}\n`);
  const others = found.length - chosen.length;
  const more = others === 0 ? '' : `, ${others} left out that people wrote (--all writes them too)`;
  stderr.write(`${files.length} ${files.length === 1 ? 'playbook' : 'playbooks'} written${more}\n`);
  return files.length === written.length ? EXIT.passed : EXIT.failed;
}

function isLearned({ object }: ListedPlaybook): boolean {
  return fieldsAt(object, 'spec')['source'] === 'auto_learning';
}

interface Exported {
  readonly file?: Fields;
  readonly problem?: string;
}

function exported({ namespace, name, object }: ListedPlaybook): Exported {
  const parsed = parseRepairPlaybook(object);
  if (!parsed.ok) {
    const why = parsed.problems.join('; ');
    return { problem: `${namespace}/${name} is left out, for its spec is not valid: ${why}; mend it with kubectl edit, then export again` };
  }
  const { apiVersion, kind, metadata, spec } = parsed.object;
  const labels = kept(metadata.labels);
  const annotations = kept(metadata.annotations);
  return {
    file: {
      apiVersion,
      kind,
      metadata: { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
      spec: withoutDefaults(spec),
    },
  };
}

/** Requests that were heard, and what other tools note about their own copy. */
const OF_THE_MOMENT =
  /^(awoooi\.io\/(requested-at|end-quarantine)$|reconcile\.fluxcd\.io\/|kubectl\.kubernetes\.io\/|argocd\.argoproj\.io\/)/;

function kept(texts: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(texts).filter(([name]) => !OF_THE_MOMENT.test(name));
  return entries.length === 0 ? undefined : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
