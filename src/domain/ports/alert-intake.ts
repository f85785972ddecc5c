/** An alert as a real sender gave it, kept until the incident intake takes it over. */
export interface ReceivedAlert {
  readonly source: 'alertmanager' | 'signoz' | 'sentry';
  readonly receivedAt: Date;
  /** The alert of the v4 payload (or the flat form brought into that shape), and what the payload said around it. */
  readonly alert: Readonly<Record<string, unknown>>;
  readonly envelope: Readonly<Record<string, unknown>>;
}

/** Where received alerts are kept durably. Resolves only once the store holds them all; throws PortError('unavailable') otherwise. */
export interface AlertIntake {
  append(alerts: readonly ReceivedAlert[], signal: AbortSignal): Promise<void>;
  /** Marks that something came through a real sender; feeds awoooi_last_alert_received_timestamp. */
  touch(at: Date, signal: AbortSignal): Promise<void>;
  lastReceived(signal: AbortSignal): Promise<Date | undefined>;
}
