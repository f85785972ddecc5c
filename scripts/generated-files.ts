import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CliVariables, OperatorVariables } from '../src/config/load.ts';
import { configTable } from '../src/config/table.ts';
import { ALERT_CHAIN_PROBE_DEFINITION } from '../src/crds/alertchainprobe/definition.ts';
import { customResourceDefinition, type KindDefinition } from '../src/crds/generate/custom-resource-definition.ts';
import { SIGNOZ_ALERT_RULE_DEFINITION } from '../src/crds/signozalertrule/definition.ts';
import { REPAIR_PLAYBOOK_DEFINITION } from '../src/crds/repairplaybook/definition.ts';
import { REPAIR_RUN_DEFINITION } from '../src/crds/repairrun/definition.ts';
import { fieldRows, fieldTable } from '../src/crds/generate/field-rows.ts';
import { structural } from '../src/crds/generate/structural.ts';
import { chartValueFiles } from './chart/generated.ts';
import { plainManifests } from './chart/plain-manifests.ts';
import { chartTable } from './chart/values-table.ts';

const KINDS = [ALERT_CHAIN_PROBE_DEFINITION, SIGNOZ_ALERT_RULE_DEFINITION, REPAIR_PLAYBOOK_DEFINITION, REPAIR_RUN_DEFINITION];
const CONFIGURATION = 'docs/configuration.md';
const CHART = 'docs/chart.md';

/** Path below the root of the repository, and the whole text that the file must have. */
export function generatedFiles(root: string): ReadonlyMap<string, string> {
  const present = (path: string): string => readFileSync(join(root, path), 'utf8');
  const crds = KINDS.flatMap(kind =>
    ['config/crd', 'charts/awoooi-operator/files/crds'].map(folder => [`${folder}/${kind.names.plural}.yaml`, crdText(kind)] as const),
  );
  const specs = KINDS.map(kind => {
    const path = `docs/spec/${kind.names.singular}.md`;
    return [path, specText(present(path), kind)] as const;
  });
  return new Map([
    ...crds,
    ...specs,
    [CONFIGURATION, configurationText(present(CONFIGURATION))],
    [CHART, filled(present(CHART), 'values', chartTable())],
    ...chartValueFiles(),
    ...plainManifests(root),
    ['config/argocd/argocd-cm.yaml', argocdText(name => present(`config/argocd/${name}`))],
  ]);
}

function crdText(kind: KindDefinition): string {
  const yaml = stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Generated from src/crds by \`make generate\`; changes here are overwritten.\n${yaml}`;
}

/** Which script tells Argo CD the health of a kind. */
const HEALTH_SCRIPTS: Readonly<Record<string, string>> = {
  AlertChainProbe: 'health.lua',
  SignozAlertRule: 'rule-health.lua',
  RepairPlaybook: 'repair-health.lua',
  RepairRun: 'repair-health.lua',
};

/** What is merged into Argo CD's own ConfigMap. */
function argocdText(script: (name: string) => string): string {
  const data = KINDS.map(({ names: { kind } }) => {
    const name = HEALTH_SCRIPTS[kind];
    if (name === undefined) throw new Error(`there is no health script for ${kind}: write one in config/argocd`);
    return [`resource.customizations.health.awoooi.io_${kind}`, script(name)] as const;
  });
  const patch = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data: Object.fromEntries(data) };
  return `# Generated from the scripts beside it by \`make generate\`; changes here are overwritten.\n${stringify(patch, { lineWidth: 0 })}`;
}

function specText(page: string, kind: KindDefinition): string {
  const spec = filled(page, 'spec', fieldTable(fieldRows(structural(kind.spec))));
  return filled(spec, 'status', fieldTable(fieldRows(structural(kind.status))));
}

/** The page as it is, with its tables filled in anew. */
function configurationText(page: string): string {
  const operator = filled(page, 'operator', configTable(OperatorVariables));
  return filled(operator, 'cli', configTable(CliVariables));
}

/** The page with the text between `<!-- generated: name -->` and `<!-- end -->` replaced. Throws where the page has no such place. */
export function filled(page: string, name: string, text: string): string {
  const begin = `<!-- generated: ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf('<!-- end -->', from);
  if (from === -1 || to === -1) throw new Error(`the page has no place for the generated text "${name}"`);
  return `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`;
}
