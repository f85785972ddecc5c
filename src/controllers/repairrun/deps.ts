import type { AlertWitness } from '../../domain/ports/alert-witness.ts';
import type { IncidentRepairs } from '../../domain/ports/incident-repairs.ts';
import type { IncidentStore } from '../../domain/ports/incident-store.ts';
import type { LearningRepository } from '../../domain/ports/learning-repository.ts';
import type { People } from '../../domain/ports/people.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import type { RepairPause } from '../../domain/ports/repair-pause.ts';
import type { Repairs } from '../../domain/ports/repairs.ts';
import type { RunSpecs } from '../../domain/ports/run-specs.ts';
import type { RepairMetrics } from '../../telemetry/repair-metrics.ts';
import type { Ledger } from './ledger.ts';
import type { Showing } from './showing.ts';

/** The world of the runs. */
export interface RunPorts {
  readonly objects: RepairObjects;
  readonly repairs: Repairs;
  readonly people: People;
  readonly witness: AlertWitness;
  readonly pause: RepairPause;
  readonly learning: Pick<LearningRepository, 'record' | 'anomaly' | 'outcomes'>;
  readonly incidents: IncidentRepairs & Pick<IncidentStore, 'find'>;
  readonly specs: RunSpecs;
}

/** How far repairs may go. */
export interface RunLimits {
  readonly execution: boolean;
  /** The highest tier that may run without a person. */
  readonly automaticTier: number;
  /** From so many runs within ten minutes on, each further one waits for a person. */
  readonly breakerRuns: number;
}

export interface RunDeps {
  readonly ports: RunPorts;
  readonly limits: RunLimits;
  readonly ledger: Ledger;
  readonly showing: Showing;
  readonly metrics: RepairMetrics;
  /** Runs whose end or first call was counted, until it is on record: a conflict repeats the record, not the count. */
  readonly counted: Set<string>;
  /** Gives up all that is kept of a key. */
  readonly forget: (key: string) => void;
}
