import { z } from 'zod';
import { type FieldProblem, parsedObject } from '../parsed-object.ts';
import { WrittenMeta } from '../stored-meta.ts';
import { ALERT_CHAIN_PROBE, type AlertChainProbe } from './kind.ts';
import { AlertChainProbeSpec } from './spec.ts';
import { StoredStatus } from './stored.ts';

export type ParsedProbe =
  | { readonly ok: true; readonly probe: AlertChainProbe }
  | { readonly ok: false; readonly problems: readonly string[]; readonly fields: readonly FieldProblem[] };

const Probe = z.object({
  apiVersion: z.literal(`${ALERT_CHAIN_PROBE.group}/${ALERT_CHAIN_PROBE.version}`),
  kind: z.literal(ALERT_CHAIN_PROBE.kind),
  metadata: WrittenMeta,
  spec: AlertChainProbeSpec,
  status: StoredStatus.exactOptional(),
});

/**
 * An object of any origin as a typed probe with all defaults, or everything that is wrong with it, in the sentences that the API server
 * would use. A status that cannot be read (written by another version) counts as none, apart from its conditions: a probe must not
 * stand still because of what it once was.
 */
export function parseAlertChainProbe(object: unknown): ParsedProbe {
  const parsed = parsedObject(Probe, object);
  return parsed.ok ? { ok: true, probe: parsed.object } : parsed;
}
