import type { Incident } from '../incidents/incident.ts';
import { anomalyClassOf } from './anomaly-class.ts';

/** The class of an anomaly stays: its key is made of the same labels. */
const MOST = 10_000;
/** Of an anomaly without an incident one may yet come. */
const ABSENT_FOR_MS = 10_000;

interface Known {
  readonly anomalyClass: Promise<string | undefined>;
  /** On the monotonic clock. */
  until: number;
}

/** Of what class anomalies are, which their incidents alone tell: asked once for each, and once for all who ask meanwhile. A failure is kept for nobody. */
export function knownClasses(
  monotonicMs: () => number,
  newest: (anomalyKey: string) => Promise<Pick<Incident, 'name' | 'labels'> | undefined>,
): (anomalyKey: string) => Promise<string | undefined> {
  const known = new Map<string, Known>();

  function ask(anomalyKey: string): Known {
    const look = async (): Promise<string | undefined> => {
      try {
        const incident = await newest(anomalyKey);
        if (!incident) mine.until = monotonicMs() + ABSENT_FOR_MS;
        return incident && anomalyClassOf(incident);
      } catch (err) {
        if (known.get(anomalyKey) === mine) known.delete(anomalyKey);
        throw err;
      }
    };
    const mine: Known = { anomalyClass: look(), until: Infinity };
    return mine;
  }

  return anomalyKey => {
    const before = known.get(anomalyKey);
    if (before && monotonicMs() < before.until) return before.anomalyClass;
    const mine = ask(anomalyKey);
    // As the youngest: the oldest makes room.
    known.delete(anomalyKey);
    known.set(anomalyKey, mine);
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    return mine.anomalyClass;
  };
}
