import type { SignozConnection } from './signoz-rules.ts';

export interface SignozCanaryRequest {
  readonly connection: SignozConnection;
  readonly channel: string;
  /** The name under which the stored channel is posted back: carries the nonce. */
  readonly testName: string;
  /** The channel's webhook URL must begin with this, or nothing is sent. */
  readonly publicUrl: string;
}

export type SignozCanaryAnswer =
  | { readonly is: 'sent' }
  | { readonly is: 'channel-not-found'; readonly existing: readonly string[] }
  | { readonly is: 'channel-not-ours'; readonly host: string }
  /** SigNoz tried and its notifier failed: what it said, cleaned and cut. */
  | { readonly is: 'send-failed'; readonly message: string };

/** SigNoz's stored channels. Their credentials never leave the adapter. Other failures are PortErrors. */
export interface SignozChannels {
  sendTest(request: SignozCanaryRequest, signal: AbortSignal): Promise<SignozCanaryAnswer>;
}
