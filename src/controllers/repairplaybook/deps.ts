import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { IncidentStore } from '../../domain/ports/incident-store.ts';
import type { ActionTotals, LearningRepository } from '../../domain/ports/learning-repository.ts';
import type { PlaybookWriter } from '../../domain/ports/playbook-writer.ts';
import type { PromotionMemory } from '../../domain/ports/promotion-memory.ts';
import type { Log } from '../../kube/controller.ts';
import type { PromotionResult } from '../../telemetry/playbook-metrics.ts';

export interface PlaybookDeps {
  readonly learning: Pick<LearningRepository, 'playbook' | 'anomaly' | 'outcomes'>;
  /** May be some seconds old. */
  readonly totals: (signal: AbortSignal) => Promise<readonly ActionTotals[]>;
}

export interface PromoterDeps {
  readonly learning: Pick<LearningRepository, 'candidates' | 'anomaly' | 'outcomes' | 'settle'>;
  readonly totals: PlaybookDeps['totals'];
  readonly incidents: Pick<IncidentStore, 'list'>;
  /** As the caches hold them. */
  readonly playbooks: () => readonly RepairPlaybook[];
  readonly writer: PlaybookWriter;
  readonly memory: PromotionMemory;
  /** Where all learned playbooks are written; undefined: where the alert's labels say. */
  readonly learnedNamespace: string | undefined;
  readonly looksAfter: (namespace: string) => boolean;
  readonly counted: (result: PromotionResult) => void;
  readonly log: Log;
  readonly now: () => Date;
  readonly random: () => number;
}
