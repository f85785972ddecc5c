/** Somebody who wants that nothing is repaired just now. */
export interface PauseRequest {
  readonly by: string;
  readonly reason: string;
  readonly since: Date;
}

/** A pause of all repairs: it holds while anybody asks for it. Failures are PortErrors, and then nothing may be repaired. */
export interface RepairPause {
  requests(signal: AbortSignal): Promise<readonly PauseRequest[]>;
  /** The same person twice is one request, with the newer reason. */
  request(of: { readonly by: string; readonly reason: string }, signal: AbortSignal): Promise<void>;
  /** Withdraws the request of that person alone; false where there was none. */
  withdraw(by: string, signal: AbortSignal): Promise<boolean>;
}
