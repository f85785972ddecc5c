import { stringify } from 'yaml';
import { ALERT_CHAIN_PROBE_DEFINITION } from '../src/crds/alertchainprobe/definition.ts';
import { customResourceDefinition } from '../src/crds/generate/custom-resource-definition.ts';

const KINDS = [ALERT_CHAIN_PROBE_DEFINITION];

/** Path below the root of the repository, and the whole text that the file must have. */
export function generatedFiles(_root: string): ReadonlyMap<string, string> {
  return new Map(KINDS.map(kind => [`config/crd/${kind.names.plural}.yaml`, crdText(kind)]));
}

function crdText(kind: (typeof KINDS)[number]): string {
  const yaml = stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Generated from src/crds by \`make generate\`; changes here are overwritten.\n${yaml}`;
}
