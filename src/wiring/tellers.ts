import type { Config } from '../config/load.ts';
import type { Tellers } from '../domain/incidents/told.ts';

/** Who is set up to be told of incidents. */
export function tellersOf({ telegram, delivery, analyser }: Pick<Config, 'telegram' | 'delivery' | 'analyser'>): Tellers {
  return {
    telegram: telegram.botToken !== undefined && telegram.chat !== undefined,
    // Without a token the channel says so once, and in the incident.
    sentry: true,
    webhook: delivery.webhookUrl !== undefined,
    model: analyser.url !== undefined,
    criticalRepeatAfterMs: telegram.criticalRepeatAfterMs,
    criticalEscalateAfterMs: telegram.escalationChat === undefined ? 0 : telegram.criticalEscalateAfterMs,
  };
}
