import { ALERT_CHAIN_PROBE } from '../crds/alertchainprobe/kind.ts';
import { type StoredAlertChainProbe, storedAlertChainProbe } from '../crds/alertchainprobe/stored.ts';
import { SIGNOZ_ALERT_RULE } from '../crds/signozalertrule/kind.ts';
import { type StoredSignozAlertRule, storedSignozAlertRule } from '../crds/signozalertrule/stored.ts';
import { REPAIR_PLAYBOOK } from '../crds/repairplaybook/kind.ts';
import { type StoredRepairPlaybook, storedRepairPlaybook } from '../crds/repairplaybook/stored.ts';
import { REPAIR_RUN } from '../crds/repairrun/kind.ts';
import { type StoredRepairRun, storedRepairRun } from '../crds/repairrun/stored.ts';
import { type CachedKind, type CacheParts, cachedKind } from './cached-kind.ts';

/** Every kind of ours as this replica sees it. */
export interface Caches {
  readonly probes: CachedKind<StoredAlertChainProbe>;
  readonly rules: CachedKind<StoredSignozAlertRule>;
  readonly playbooks: CachedKind<StoredRepairPlaybook>;
  readonly runs: CachedKind<StoredRepairRun>;
}

export function caches(parts: CacheParts): Caches {
  return {
    probes: cachedKind(ALERT_CHAIN_PROBE, storedAlertChainProbe, parts),
    rules: cachedKind(SIGNOZ_ALERT_RULE, storedSignozAlertRule, parts),
    playbooks: cachedKind(REPAIR_PLAYBOOK, storedRepairPlaybook, parts),
    runs: cachedKind(REPAIR_RUN, storedRepairRun, parts),
  };
}
