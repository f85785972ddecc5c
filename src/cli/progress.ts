import type { HopType } from '../crds/alertchainprobe/hop.ts';
import type { HopTable, RunHop } from '../chain/hop.ts';
import type { Output } from './deps.ts';

export interface Progress {
  /** The table with every hop's end told. */
  readonly table: HopTable;
  /** Wipes the line, so that what follows begins on a clean one. */
  end(): void;
}

const WIPE = '\r\u001b[2K';

/** One line on a terminal that says which hops are still awaited; on anything else nothing at all. */
export function progress(table: HopTable, { to, probe, hops }: { to: Output; probe: string; hops: readonly string[] }): Progress {
  if (!to.isTTY) return { table, end: () => {} };
  const open = new Set(hops);
  const show = (): void =>
    to.write(`${WIPE}${probe}: ${hops.length - open.size} of ${hops.length} hops done; waiting for ${[...open].join(', ')}`);
  show();
  const watched = mapped(table, run => async (hop, ctx) => {
    const result = await run(hop, ctx);
    open.delete(hop.name);
    if (open.size > 0) show();
    return result;
  });
  return { table: watched, end: () => to.write(WIPE) };
}

function mapped(table: HopTable, wrap: (run: RunHop) => RunHop): HopTable {
  const of = (type: HopType): RunHop => wrap(table[type]);
  return {
    Health: of('Health'),
    AlertmanagerWebhook: of('AlertmanagerWebhook'),
    SentryWebhook: of('SentryWebhook'),
    SignozWebhook: of('SignozWebhook'),
    Telegram: of('Telegram'),
    Approval: of('Approval'),
    AlertmanagerCanary: of('AlertmanagerCanary'),
    SignozCanary: of('SignozCanary'),
    Watchdog: of('Watchdog'),
  };
}
