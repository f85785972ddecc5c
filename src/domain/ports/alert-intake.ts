/** An alert as earlier versions kept it in a stream of their own. */
export interface ReceivedAlert {
  readonly source: 'alertmanager' | 'signoz' | 'sentry';
  readonly receivedAt: Date;
  readonly alert: Readonly<Record<string, unknown>>;
  readonly envelope: Readonly<Record<string, unknown>>;
}

/**
 * Remembers when something last came through a real sender; feeds awoooi_last_alert_received_timestamp. Failures are
 * PortError('unavailable').
 */
export interface AlertIntake {
  touch(at: Date, signal: AbortSignal): Promise<void>;
  lastReceived(signal: AbortSignal): Promise<Date | undefined>;
}
