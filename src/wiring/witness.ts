import { prometheusRuleTimings } from '../adapters/prometheus/rule-timings.ts';
import type { Config } from '../config/load.ts';
import type { StoredAlertChainProbe } from '../crds/alertchainprobe/stored.ts';
import type { StoredSignozAlertRule } from '../crds/signozalertrule/stored.ts';
import { readStored } from '../crds/signozalertrule/parse.ts';
import type { AlertRuleTimings } from '../domain/ports/alert-rule-timings.ts';
import type { AlertWitness } from '../domain/ports/alert-witness.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import { isRecord } from '../domain/text/json.ts';
import { alertWitness } from '../domain/verification/alert-witness.ts';
import { keptTimings } from '../domain/verification/kept-timings.ts';
import { lastCanaries } from '../domain/verification/last-canary.ts';
import { ruleTiming } from '../domain/verification/rule-timing.ts';
import type { Store } from '../kube/store.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import type { Stores } from './stores.ts';

interface Listed<T> {
  readonly store: Pick<Store<T>, 'list'>;
}

export interface WitnessParts {
  readonly incidents: Pick<IncidentStore, 'find'>;
  readonly kept: Pick<Stores, 'chain' | 'watchdogs'>;
  readonly seen: { readonly probes: Listed<StoredAlertChainProbe>; readonly rules: Listed<StoredSignozAlertRule> };
  /** Of the rules of Alertmanager's alerts, where a Prometheus can be asked. */
  readonly timings: AlertRuleTimings | undefined;
  readonly now: () => Date;
}

/** What repairs are judged by. */
export function witness({ incidents, kept, seen, timings, now }: WitnessParts): AlertWitness {
  return alertWitness({
    incidents,
    chains: kept.chain,
    watchdogs: kept.watchdogs,
    lastCanaries: source => lastCanaries(seen.probes.store.list(), source),
    async timingOf({ source, name }, signal) {
      if (source === 'alertmanager') return timings?.ofAlert(name, signal);
      return source === 'signoz' ? ruleTiming(rulesNamed(name, seen.rules.store.list()), { source, name }) : undefined;
    },
    now,
  });
}

/** Asked where the settings lead, as that is for whoever runs the operator to say. */
export function timingsOf(
  { prometheus: { url, authorization } }: Pick<Config, 'prometheus'>,
  outgoing: OutgoingClient,
): AlertRuleTimings | undefined {
  if (url === undefined) return undefined;
  return keptTimings(prometheusRuleTimings(outgoing, { url, authorization: () => authorization?.current() }), () => performance.now());
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
