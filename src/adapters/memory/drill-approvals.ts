import type { DrillApproval, DrillApprovals } from '../../domain/ports/drill-approvals.ts';

export function memoryDrillApprovals({ now }: { readonly now: () => Date }): DrillApprovals {
  const all = new Map<string, DrillApproval>();
  const live = (id: string): DrillApproval | undefined => {
    const one = all.get(id);
    return one && one.expiresAt > now() ? one : undefined;
  };
  return {
    async request({ id, by, ttlMs }) {
      const before = live(id);
      if (before) return before;
      const requestedAt = now();
      const made: DrillApproval = { id, status: 'pending', by, requestedAt, expiresAt: new Date(requestedAt.getTime() + ttlMs) };
      all.set(id, made);
      return made;
    },
    find: async id => live(id),
    async decide(id, { status, by }) {
      const before = live(id);
      if (!before) return undefined;
      if (before.status !== 'pending' && (status !== 'withdrawn' || before.status === 'withdrawn')) return before;
      const decided = { ...before, status, decided: { by, at: now() } };
      all.set(id, decided);
      return decided;
    },
  };
}
