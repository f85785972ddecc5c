const REQUESTED = 'awoooi.io/requested-at';
const FLUX_REQUESTED = 'reconcile.fluxcd.io/requestedAt';

/** The status fields by which people see that a request was heard; every kind has them. */
export interface HandledRequests {
  readonly lastHandledRequest?: string | undefined;
  readonly lastHandledReconcileAt?: string | undefined;
}

/** An object of any kind that can be asked for a look just now. */
export interface Askable {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly status?: HandledRequests;
}

/** Whether the annotations ask for a look just now, and the status that says they were heard. */
export function requests({ metadata, status }: Askable): { readonly open: boolean; readonly status: HandledRequests } {
  const { [REQUESTED]: asked, [FLUX_REQUESTED]: flux } = metadata.annotations ?? {};
  const handled = {
    ...(asked !== undefined && { lastHandledRequest: asked }),
    ...(flux !== undefined && { lastHandledReconcileAt: flux }),
  };
  const open =
    (asked !== undefined && asked !== status?.lastHandledRequest) || (flux !== undefined && flux !== status?.lastHandledReconcileAt);
  return { open, status: handled };
}
