import type { Incident, IncidentRepair, TimelineEntry } from '../../domain/incidents/incident.ts';
import { happened } from '../../domain/incidents/occurrence.ts';
import { isUnderWay, repairHappening, repairText } from '../../domain/incidents/repairs.ts';
import { REPAIRS } from '../../domain/incidents/windows.ts';
import type { Changed, IncidentStore } from '../../domain/ports/incident-store.ts';
import type { Anomalies } from './anomalies.ts';

export interface KeptIncidents {
  readonly now: () => Date;
  readonly kept: Map<string, Incident>;
  /** When the settling time of each ends, in milliseconds. */
  readonly due: Map<string, number>;
  readonly known: Pick<Anomalies, 'ended'>;
  readonly complete: (incident: Incident) => Incident;
  readonly tell: (id: string, channels: readonly string[]) => void;
}

type Changes = Pick<
  IncidentStore,
  'acknowledge' | 'resolve' | 'autoResolve' | 'holdOpen' | 'endUnheard' | 'analysed' | 'silenced' | 'repairing'
>;
type Settling = Pick<IncidentStore, 'note' | 'settled'>;
type Entry = Omit<TimelineEntry, 'at'>;

/** What changes an incident besides its alerts. */
export function memoryChanges(of: KeptIncidents): Changes & Settling {
  return { ...told(of), ...untold(of) };
}

function told({ now, kept, due, known, complete, tell: tellOf }: KeptIncidents): Changes {
  /** Undefined from `next`: there is nothing to change. */
  function change(
    id: string,
    next: (incident: Incident) => Incident | undefined,
    { tell: told, ...entry }: Partial<Entry> & { readonly tell: readonly string[] },
  ): Changed {
    const before = kept.get(id);
    if (!before) return { is: 'missing' };
    const after = next(before);
    if (!after) return { is: 'unchanged', incident: complete(before) };
    const newer = { ...after, revision: before.revision + 1, updatedAt: now() };
    const { what, who = 'operator', ...rest } = entry;
    const changed = what === undefined ? newer : happened(newer, { at: now(), what, who, ...rest });
    kept.set(id, changed);
    if (changed.status === 'resolved') due.delete(id);
    tellOf(id, told);
    return { is: 'changed', incident: complete(changed) };
  }

  const resolved = (incident: Incident): Incident => ({ ...incident, status: 'resolved', resolvedAt: now() });
  const acknowledged = (incident: Incident): Incident => ({ ...incident, status: 'acknowledged', acknowledgedAt: now() });

  return {
    acknowledge: async (id, by) =>
      change(id, incident => (incident.status === 'open' ? acknowledged(incident) : undefined), { what: 'acknowledged', ...by }),
    resolve: async (id, by) =>
      change(id, incident => (incident.status === 'resolved' ? undefined : resolved(incident)), { what: 'resolved', ...by }),
    async autoResolve(id, tell) {
      const entry = { what: 'resolved', who: 'operator', detail: 'all of its alerts have resolved' } as const;
      return change(id, incident => (isOver(due, id, now()) ? resolved(incident) : undefined), { ...entry, tell });
    },
    async holdOpen(id, { forMs, detail, tell }) {
      const entry = { what: 'resolution-held', who: 'operator', detail } as const;
      const over = forMs !== undefined && isOver(due, id, now());
      if (over) due.set(id, now().getTime() + forMs);
      const may = ({ status }: Incident): boolean => (forMs === undefined ? status !== 'resolved' : over);
      const said = ({ timeline }: Incident): boolean => timeline.at(-1)?.what === entry.what && timeline.at(-1)?.detail === detail;
      return change(id, incident => (may(incident) && !said(incident) ? incident : undefined), { ...entry, tell });
    },
    async endUnheard(id, { revision, detail, tell }) {
      const may = (incident: Incident): boolean => incident.status !== 'resolved' && incident.revision === revision;
      const next = (incident: Incident): Incident | undefined => (may(incident) ? { ...resolved(incident), firing: 0 } : undefined);
      const ended = change(id, next, { what: 'resolved', who: 'operator', detail, tell });
      if (ended.is === 'changed') known.ended(ended.incident);
      return ended;
    },
    analysed: async (id, { analysis, tell }) =>
      change(id, incident => (same(incident.analysis, analysis) ? undefined : { ...incident, analysis }), {
        what: 'analysed',
        who: analysis.by,
        tell,
      }),
    async silenced(id, { silence, ended, who, tell }) {
      const next = ({ silence: before, ...incident }: Incident): Incident | undefined =>
        same(before, silence) || (ended !== undefined && before?.id !== ended) ? undefined : { ...incident, ...(silence && { silence }) };
      return change(id, next, { what: silence ? 'silenced' : 'unsilenced', who, tell });
    },
    repairing: async (id, { repair, tell }) =>
      change(id, incident => withRepair(incident, repair), { ...newsOf(kept.get(id), repair), tell }),
  };
}

function newsOf(incident: Incident | undefined, repair: IncidentRepair): Entry | undefined {
  const known = incident?.repairs.find(({ approvalId }) => approvalId === repair.approvalId);
  return known?.phase === repair.phase ? undefined : repairHappening(repair);
}

/** Undefined where it says nothing new. */
function withRepair(incident: Incident, repair: IncidentRepair): Incident | undefined {
  const { repairs } = incident;
  const known = repairs.find(({ approvalId }) => approvalId === repair.approvalId);
  if (known && (known.updatedAt > repair.updatedAt || repairText(known) === repairText(repair))) return undefined;
  const all = known ? repairs.map(each => (each === known ? repair : each)) : [...repairs, repair];
  const oldest = all.length > REPAIRS ? all.find(each => each !== repair && !isUnderWay(each)) : undefined;
  return { ...incident, repairs: all.filter(each => each !== oldest) };
}

function untold({ now, kept, due }: KeptIncidents): Settling {
  function note(id: string, entry: Entry): void {
    const incident = kept.get(id);
    if (incident) kept.set(id, happened(incident, { at: now(), ...entry }));
  }
  return {
    note: async (id, entry) => note(id, entry),
    async settled(limit) {
      const over = [...due.keys()].filter(id => isOver(due, id, now())).toSorted((a, b) => (due.get(a) ?? 0) - (due.get(b) ?? 0));
      return over
        .flatMap(id => kept.get(id) ?? [])
        .map(({ id, source, labels }) => ({ id, source, labels }))
        .slice(0, limit);
    },
  };
}

function isOver(due: ReadonlyMap<string, number>, id: string, now: Date): boolean {
  return (due.get(id) ?? Infinity) <= now.getTime();
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
