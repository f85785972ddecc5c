import type { PrometheusSender } from '../domain/alerts/alert.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import type { ProbeReader } from '../domain/ports/probe-reader.ts';
import type { RepairPause } from '../domain/ports/repair-pause.ts';
import type { TokenReviewer } from '../domain/ports/token-reviewer.ts';
import type { IntakeMetrics } from '../telemetry/intake-metrics.ts';
import type { LearningMetrics } from '../telemetry/learning-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Credentials } from './auth/credentials.ts';
import type { IntakePorts } from './intake/receive.ts';
import type { ApprovalPorts } from './routes/approvals.ts';
import type { RecommendationPorts } from './routes/learning.ts';
import type { TelegramRoutesDeps } from './routes/telegram.ts';
import type { TelegramStatusDeps } from './routes/telegram-status.ts';

/** All that the server needs of the world. */
export interface WebhookDeps extends IntakePorts {
  /** Absent where no presses are taken by webhook: then the route is not there. */
  readonly telegram?: TelegramRoutesDeps['telegram'];
  readonly telegramStatus?: TelegramStatusDeps['telegramStatus'];
  /** Absent where nothing is repaired: then the routes of approvals and of the pause are not there. */
  readonly approvals?: ApprovalPorts;
  readonly repairPause?: RepairPause;
  /** Absent: nothing is recommended, and its routes are not there. */
  readonly recommendations?: RecommendationPorts;
  readonly probes: ProbeReader;
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  readonly learning: LearningRepository;
  readonly learningMetrics: LearningMetrics;
  /** Channels that are told when a person changes an incident. */
  readonly changeTold: readonly string[];
  /** Asked at every request, so that a rotated credential works without a restart. */
  readonly credentials: () => Credentials;
  /** Takes Kubernetes tokens at the API as well, where given. */
  readonly tokenReviewer?: TokenReviewer;
  /** Throws PortError while the store is away or takes no writes: then every alert is answered 503, and /api/v1/health says so. */
  readonly storeWritable: (signal: AbortSignal) => Promise<void>;
  /** Told when a sender has left out alerts (`truncatedAlerts`): they are to be fetched from it. */
  readonly truncated?: (source: PrometheusSender) => void;
  /** Told when a sender was answered 503, since the store is away or too much came at once: not every sender comes again. */
  readonly missed?: () => void;
  readonly metrics: IntakeMetrics;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly version: string;
}
