import { alertFingerprint } from '../routing/alert-fingerprint.ts';
import type { Alert, PrometheusSender } from './alert.ts';
import { anomalyKey } from './anomaly-key.ts';
import { cut } from '../text/cut.ts';
import { fitting } from './fitting.ts';
import { linksOf } from './links.ts';
import type { ReadAlert } from './read-alert.ts';
import { severityOf } from './severity.ts';

const LONGEST_NAME = 300;
const NAMELESS = 'alert without a name';

/** The alert of Alertmanager or SigNoz in the one form that everything behind the intake works with. */
export function alertOf(source: PrometheusSender, read: ReadAlert): Alert {
  const labels = fitting(read.labels);
  const annotations = fitting(source === 'signoz' ? withoutPrivate(read.annotations) : read.annotations);
  const { status, startsAt, endsAt, generatorURL } = read;
  return {
    source,
    status,
    name: cut(read.labels['alertname'] ?? '', LONGEST_NAME) || NAMELESS,
    anomalyKey: anomalyKey(source, read.labels),
    // Of all labels, also those that are too long to keep: that is what Alertmanager tells its alerts apart by.
    fingerprint: read.fingerprint ?? alertFingerprint(read.labels),
    ...(startsAt && { occurrence: String(startsAt.getTime()), startsAt }),
    ...(status === 'resolved' && endsAt && { endsAt }),
    severity: severityOf(labels),
    labels,
    annotations,
    links: linksOf({ source, labels, annotations, generatorURL }),
  };
}

/** SigNoz keeps templates of its own among them, such as `_title_template`. */
function withoutPrivate(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith('_')));
}
