import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { Notice } from '../probe/notice.ts';

/** The ways in which people are told, each by itself. */
export type Channel = 'telegram' | 'webhook';

/** How telling somebody went; never a secret in the message. `told` are those whom the notice reached all the same. */
export type Announced = { readonly is: 'sent' } | { readonly is: 'failed'; readonly message: string; readonly told?: readonly Channel[] };

/** A notice, and who has it already from an earlier attempt: nobody is told twice because somebody else could not be. */
export type Telling = Notice & { readonly told?: readonly Channel[] };

/** Tells people about a probe straight over the channel, never through the chain under test. Never throws. */
export interface Announcer {
  announce(probe: AlertChainProbe, notice: Telling, signal: AbortSignal): Promise<Announced>;
  /** Pings the outside dead man's switch of a probe after a good run. */
  heartbeat(probe: AlertChainProbe, signal: AbortSignal): Promise<Announced>;
}
