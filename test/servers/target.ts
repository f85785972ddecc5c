import { timingSafeEqual } from 'node:crypto';
import { sentrySignature } from '../../src/domain/sentry/signature.ts';
import { type HttpServer, type Received, type Reply, startHttpServer } from './http-server.ts';

export interface TargetOptions {
  /** Asked for as `Authorization: Bearer` on everything but health and Sentry's webhook. */
  readonly bearerToken?: string;
  /** Then Sentry's webhook wants `Sentry-Hook-Signature` over the raw bytes (contracts, Sentry webhooks). */
  readonly sentrySecret?: string;
  readonly telegramConnected?: boolean;
  readonly port?: number;
}

export interface Target extends HttpServer {
  /** Alerts that would have paged somebody: they carried no drill marker. */
  readonly realAlerts: readonly unknown[];
  readonly approvals: ReadonlyMap<string, ApprovalStatus>;
  setTelegramConnected(connected: boolean): void;
}

type ApprovalStatus = 'pending' | 'withdrawn';

const DRILL_ANSWER = { status: 'accepted', incident_id: null, is_new: false, drill: true };

/** Another implementation of the operator's HTTP API (DESIGN.md section 4): what a probe's plain hops talk to. */
export async function startTarget({ bearerToken, sentrySecret, telegramConnected = true, port }: TargetOptions = {}): Promise<Target> {
  const realAlerts: unknown[] = [];
  const approvals = new Map<string, ApprovalStatus>();
  let connected = telegramConnected;

  const intake = (alerts: readonly unknown[] | undefined, isDrill: (alert: unknown) => boolean): Reply => {
    if (!alerts || alerts.length === 0) return problem(400, 'the body holds no alert');
    const real = alerts.filter(alert => !isDrill(alert));
    realAlerts.push(...real);
    const incident = { status: 'accepted', incident_id: `inc-${realAlerts.length}`, is_new: true };
    return { status: 200, body: real.length === 0 ? DRILL_ANSWER : incident };
  };

  const routes: Readonly<Record<string, (request: Received) => Reply>> = {
    'POST /api/v1/webhooks/alertmanager': ({ body }) => intake(v4Alerts(parsed(body)), carriesDrillLabel),
    'POST /api/v1/webhooks/signoz': ({ body }) => intake(v4Alerts(parsed(body)) ?? flatAlert(parsed(body)), carriesDrillLabel),
    'POST /api/v1/webhooks/signoz/alert': ({ body }) => intake(v4Alerts(parsed(body)) ?? flatAlert(parsed(body)), carriesDrillLabel),
    'GET /api/v1/telegram/status': () => ({ status: 200, body: { connected } }),
    'POST /api/v1/approvals': ({ body }) => {
      if (field(parsed(body), 'drill') !== true) return problem(400, 'only {"drill":true} can be asked for');
      const id = `drill-${approvals.size + 1}`;
      approvals.set(id, 'pending');
      return { status: 201, body: { id, status: 'pending' } };
    },
  };

  function approval({ method, path }: Received): Reply | undefined {
    const [, id = '', verb] = /^\/api\/v1\/approvals\/([^/]+)(?:\/(withdraw))?$/.exec(path) ?? [];
    const status = approvals.get(id);
    if (method === 'GET' && id && !verb) return status ? { status: 200, body: { id, status } } : problem(404, 'no such approval');
    if (method !== 'POST' || !verb) return undefined;
    if (status === undefined) return problem(404, 'no such approval');
    if (status === 'withdrawn') return problem(409, 'already withdrawn');
    approvals.set(id, 'withdrawn');
    return { status: 200, body: { id, status: 'withdrawn' } };
  }

  function handle(request: Received): Reply {
    const route = `${request.method} ${request.path}`;
    if (route === 'GET /api/v1/health') return { status: 200, body: { status: 'ok' } };
    if (route === 'POST /api/v1/webhooks/sentry/error') {
      if (sentrySecret !== undefined && !signed(request, sentrySecret)) return problem(401, 'the Sentry signature does not match');
      const body = parsed(request.body);
      return intake(
        sentryIssueId(body) === undefined ? undefined : [body],
        alert => sentryIssueId(alert)?.startsWith('smoke-test-') ?? false,
      );
    }
    const granted = bearerToken === undefined || request.headers['authorization'] === `Bearer ${bearerToken}`;
    if (!granted) return problem(401, 'wrong or missing credentials');
    return routes[route]?.(request) ?? approval(request) ?? problem(404, 'no such route');
  }

  const server = await startHttpServer({ handle, ...(port !== undefined && { port }) });
  return {
    ...server,
    realAlerts,
    approvals,
    setTelegramConnected: value => {
      connected = value;
    },
  };
}

function problem(status: number, error: string): Reply {
  return { status, body: { error } };
}

function signed({ headers, body }: Received, secret: string): boolean {
  const given = headers['sentry-hook-signature'] ?? '';
  return /^[0-9a-f]{64}$/.test(given) && timingSafeEqual(Buffer.from(given), Buffer.from(sentrySignature(secret, body)));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
}

function v4Alerts(body: unknown): readonly unknown[] | undefined {
  const alerts = field(body, 'alerts');
  return field(body, 'version') === '4' && Array.isArray(alerts) ? alerts : undefined;
}

function flatAlert(body: unknown): readonly unknown[] | undefined {
  return typeof field(body, 'alertname') === 'string' ? [body] : undefined;
}

function carriesDrillLabel(alert: unknown): boolean {
  return field(field(alert, 'labels'), 'awoooi_drill') === 'true';
}

/** The issue's id in each of Sentry's shapes (contracts, section 2.3). */
function sentryIssueId(body: unknown): string | undefined {
  const data = field(body, 'data');
  const id =
    field(field(data, 'issue'), 'id') ??
    field(field(data, 'event'), 'issue_id') ??
    field(field(data, 'error'), 'issue_id') ??
    field(body, 'id');
  return typeof id === 'string' ? id : undefined;
}
