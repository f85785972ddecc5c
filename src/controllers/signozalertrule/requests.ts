import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';

const REQUESTED = 'awoooi.io/requested-at';
const FLUX_REQUESTED = 'reconcile.fluxcd.io/requestedAt';

/** Whether the annotations ask for a look just now, and the status that says they were heard. */
export function requests({ metadata, status }: SignozAlertRule): {
  readonly open: boolean;
  readonly status: Pick<SignozAlertRuleStatus, 'lastHandledRequest' | 'lastHandledReconcileAt'>;
} {
  const { [REQUESTED]: asked, [FLUX_REQUESTED]: flux } = metadata.annotations ?? {};
  const handled = {
    ...(asked !== undefined && { lastHandledRequest: asked }),
    ...(flux !== undefined && { lastHandledReconcileAt: flux }),
  };
  const open =
    (asked !== undefined && asked !== status?.lastHandledRequest) || (flux !== undefined && flux !== status?.lastHandledReconcileAt);
  return { open, status: handled };
}
