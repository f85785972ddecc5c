import type { StoredSignozAlertRule } from '../crds/signozalertrule/stored.ts';
import { readStored } from '../crds/signozalertrule/parse.ts';
import type { AlertWitness } from '../domain/ports/alert-witness.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import { isRecord } from '../domain/text/json.ts';
import { alertWitness } from '../domain/verification/alert-witness.ts';
import { lastCanaries } from '../domain/verification/last-canary.ts';
import { ruleTiming } from '../domain/verification/rule-timing.ts';
import type { Caches } from './caches.ts';
import type { Stores } from './stores.ts';

export interface WitnessParts {
  readonly incidents: Pick<IncidentStore, 'find'>;
  readonly kept: Pick<Stores, 'chain' | 'watchdogs'>;
  readonly seen: Pick<Caches, 'probes' | 'rules'>;
  readonly now: () => Date;
}

/** What repairs are judged by. */
export function witness({ incidents, kept, seen, now }: WitnessParts): AlertWitness {
  return alertWitness({
    incidents,
    chains: kept.chain,
    watchdogs: kept.watchdogs,
    lastCanaries: source => lastCanaries(seen.probes.store.list(), source),
    timingOf: incident =>
      incident.source === 'signoz' ? ruleTiming(rulesNamed(incident.name, seen.rules.store.list()), incident) : undefined,
    now,
  });
}

/** Only these are read: there may be thousands. */
function rulesNamed(name: string, rules: readonly StoredSignozAlertRule[]) {
  return rules
    .filter(({ metadata, spec }) => metadata.name === name || (isRecord(spec) && spec['name'] === name))
    .flatMap(stored => {
      const read = readStored(stored);
      return read.ok ? [read.object] : [];
    });
}
