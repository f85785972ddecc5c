import type { Alert } from '../alerts/alert.ts';
import type { Told } from '../ports/incident-store.ts';

/** The channels of the outbox. */
export const CHANNELS = [
  'telegram',
  'telegram-repeat',
  'telegram-escalation',
  'telegram-repair',
  'sentry',
  'analysis',
  'webhook',
  'repair',
  'silence-end',
] as const;
export type Channel = (typeof CHANNELS)[number];
/** Is told when a silence is made or ended from a card. */
export const SILENCE_END: Channel = 'silence-end';

/** What is set up to be told. */
export interface Tellers {
  readonly telegram: boolean;
  readonly sentry: boolean;
  readonly webhook: boolean;
  /** Whether a model is asked, which takes its time; rules speak at once. */
  readonly model: boolean;
  /** Whether playbooks are looked after, by which incidents are repaired. */
  readonly repairs?: boolean;
  /** 0 never. */
  readonly criticalRepeatAfterMs: number;
  /** 0 never. */
  readonly criticalEscalateAfterMs: number;
}

/**
 * Who is told of an alert, and when. What is put out first is done first: rules speak before anybody is told, so that one card says it all;
 * a model is asked when all are told, and they are told again.
 */
export function toldOf({ source, severity }: Pick<Alert, 'source' | 'severity'>, tellers: Tellers): Told {
  const onChange = changeTold(tellers);
  const later = tellers.telegram && severity === 'critical' ? criticalLater(tellers) : [];
  // The comment holds the analysis, which sends it off.
  const needsAnalysis = tellers.telegram || tellers.webhook || (tellers.sentry && source === 'sentry');
  const repair: readonly Channel[] = tellers.repairs ? ['repair'] : [];
  if (!needsAnalysis) return { onOpen: [...onChange, ...repair], onChange, later };
  const first: readonly Channel[] = tellers.model ? [...onChange, 'analysis'] : ['analysis', ...onChange];
  return { onOpen: [...first, ...repair], onChange, later };
}

/** Who is told of a change that is no alert. */
export function changeTold({ telegram, webhook }: Pick<Tellers, 'telegram' | 'webhook'>): Channel[] {
  return [...(telegram ? (['telegram'] as const) : []), ...(webhook ? (['webhook'] as const) : [])];
}

/** Who is told of how a repair stands: also whoever goes on with the next one. */
export function repairTold(tellers: Pick<Tellers, 'telegram' | 'webhook'>): Channel[] {
  return ['repair', ...changeTold(tellers), ...(tellers.telegram ? (['telegram-repair'] as const) : [])];
}

/** Who is told once there is an analysis. */
export function analysisTold(source: Alert['source'], tellers: Pick<Tellers, 'telegram' | 'webhook' | 'sentry'>): Channel[] {
  return [...(tellers.sentry && source === 'sentry' ? (['sentry'] as const) : []), ...changeTold(tellers)];
}

function criticalLater({ criticalRepeatAfterMs, criticalEscalateAfterMs }: Tellers): Told['later'] {
  return [
    { channel: 'telegram-repeat', afterMs: criticalRepeatAfterMs },
    { channel: 'telegram-escalation', afterMs: criticalEscalateAfterMs },
  ].filter(({ afterMs }) => afterMs > 0);
}
