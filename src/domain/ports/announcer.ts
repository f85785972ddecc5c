import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { Notice } from '../probe/notice.ts';

/** How telling somebody went; never a secret in the message. */
export type Announced = { readonly is: 'sent' } | { readonly is: 'failed'; readonly message: string };

/** Tells people about a probe straight over the channel, never through the chain under test. Never throws. */
export interface Announcer {
  announce(probe: AlertChainProbe, notice: Notice, signal: AbortSignal): Promise<Announced>;
  /** Pings the outside dead man's switch of a probe after a good run. */
  heartbeat(probe: AlertChainProbe, signal: AbortSignal): Promise<Announced>;
}
