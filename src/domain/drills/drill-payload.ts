import { createHash } from 'node:crypto';
import { DRILL_LABEL, NONCE_LABEL, SENTRY_DRILL_PREFIX } from './marker.ts';

/** What a drill is told about itself. */
export interface DrillFacts {
  readonly nonce: string;
  /** `NAMESPACE/NAME` of the probe, and the hop. */
  readonly probe: string;
  readonly hop: string;
  readonly startsAt: Date;
}

const FIRING = '0001-01-01T00:00:00Z';

/** An Alertmanager webhook of version 4 with one firing drill of severity none (Alertmanager notify/webhook, template.Data). */
export function alertmanagerDrill(facts: DrillFacts): string {
  return v4('awoooi-drill', { alertname: 'AwoooiDrill' }, facts);
}

/** The same as SigNoz sends it: grouped by rule, with its own labels beside (SigNoz pkg/alertmanager; it embeds Alertmanager). */
export function signozDrill(facts: DrillFacts): string {
  return v4('awoooi-drill', { alertname: 'AwoooiDrill', ruleId: `drill-${facts.nonce}`, 'threshold.name': 'info' }, facts);
}

function v4(receiver: string, own: Readonly<Record<string, string>>, { nonce, probe, hop, startsAt }: DrillFacts): string {
  const labels = { ...own, severity: 'none', [DRILL_LABEL]: 'true', [NONCE_LABEL]: nonce, probe, hop };
  const annotations = { summary: `Drill of the alert chain by probe ${probe}, hop ${hop}: nothing is wrong and nothing is to be done.` };
  const fingerprint = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
  const alert = { status: 'firing', labels, annotations, startsAt: startsAt.toISOString(), endsAt: FIRING, generatorURL: '', fingerprint };
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{${NONCE_LABEL}="${nonce}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver,
    groupLabels: { [NONCE_LABEL]: nonce },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    alerts: [alert],
  });
}

/** An `issue` webhook, action `created`, of Sentry's Integration Platform whose issue id says that it is a drill. */
export function sentryDrill({ nonce, probe, hop, startsAt }: DrillFacts): string {
  const at = startsAt.toISOString();
  const issue = {
    id: `${SENTRY_DRILL_PREFIX}${nonce}`,
    shortId: 'AWOOOI-DRILL',
    title: `Drill of the alert chain by probe ${probe}, hop ${hop}`,
    culprit: hop,
    level: 'info',
    status: 'unresolved',
    substatus: 'new',
    platform: 'other',
    project: { id: '0', name: 'awoooi drill', slug: 'awoooi-drill', platform: 'other' },
    metadata: { type: 'Drill', value: 'nothing is wrong and nothing is to be done' },
    count: '1',
    userCount: 0,
    firstSeen: at,
    lastSeen: at,
  };
  return JSON.stringify({
    action: 'created',
    installation: { uuid: '00000000-0000-4000-8000-000000000000' },
    data: { issue },
    actor: { type: 'application', id: 'awoooi', name: 'awoooi' },
  });
}
