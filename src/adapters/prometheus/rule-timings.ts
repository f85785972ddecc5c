import type { AlertRuleTimings, RuleTiming } from '../../domain/ports/alert-rule-timings.ts';
import { type Fault, PortError } from '../../domain/ports/port-error.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { credentialsIn } from '../../domain/text/masking.ts';
import { slowest } from '../../domain/verification/rule-timing.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { ErrorAnswer, RulesAnswer } from './schema.ts';

export interface PrometheusConnection {
  /** May have a path of its own: Prometheus then has all its routes below it. */
  readonly url: string;
  /** Sent as Authorization and masked in errors. Read at each call, for it may be rotated. */
  authorization(): string | undefined;
}

const CALL_DEADLINE_MS = 5_000;

/** The alerting rules that a Prometheus has loaded, as its HTTP API lists them. */
export function prometheusRuleTimings(client: OutgoingClient, connection: PrometheusConnection): AlertRuleTimings {
  return {
    async ofAlert(alertname, signal) {
      const authorization = connection.authorization();
      const headers = { accept: 'application/json', ...(authorization !== undefined && { authorization }) };
      const url = rulesUrl(connection.url, alertname);
      const answer = await sent(() => client.send({ method: 'GET', url, headers, deadlineMs: CALL_DEADLINE_MS, signal }));
      return slowest(timingsOf(alertname, answer, credentialsIn(authorization)));
    },
  };
}

/** Versions that do not know one of these parameters leave it out of account: names are looked at again in the answer. */
function rulesUrl(base: string, alertname: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/rules`;
  url.search = new URLSearchParams({ type: 'alert', 'rule_name[]': alertname, exclude_alerts: 'true' }).toString();
  return url.href;
}

async function sent(call: () => Promise<OutgoingAnswer>): Promise<OutgoingAnswer> {
  try {
    return await call();
  } catch (err) {
    if (!(err instanceof NetError)) throw err;
    const { fault, message, statusCode, detail } = wireError(err);
    throw unread(fault, message, { ...(statusCode !== undefined && { statusCode }), ...(detail && { detail }) });
  }
}

function timingsOf(alertname: string, { status, body }: OutgoingAnswer, secrets: readonly string[]): RuleTiming[] {
  const parsed = parsedJson(body);
  const fault = statusFault(status);
  if (fault !== undefined) {
    const said = excerpt(ErrorAnswer.safeParse(parsed).data?.error ?? body, secrets);
    // To a run, forbidden is what its namespace does not allow.
    throw unread(fault === 'forbidden' ? 'unauthorized' : fault, `it answered ${status}${said === '' ? '' : `: ${said}`}`, {
      statusCode: status,
    });
  }
  const answer = RulesAnswer.safeParse(parsed);
  if (!answer.success) {
    const where = answer.error.issues[0]?.path.join('.') ?? '';
    const message = `the answer is not that of Prometheus' HTTP API${where === '' ? '' : ` (at ${where})`}: ${excerpt(body, secrets)}`;
    throw unread('malformed', message, { statusCode: status });
  }
  return answer.data.data.groups.flatMap(({ interval, rules }) =>
    rules.flatMap(rule =>
      rule.type === 'alerting' && rule.name === alertname ? [{ forMs: rule.duration * 1000, intervalMs: interval * 1000 }] : [],
    ),
  );
}

const HINTS: Partial<Record<Fault, string>> = {
  unauthorized: ': set AWOOOI_PROMETHEUS_AUTHORIZATION to what it takes',
};

function unread(fault: Fault, why: string, options: ConstructorParameters<typeof PortError>[2]): PortError {
  const message = `how long the rule of the alert has to hold could not be read from AWOOOI_PROMETHEUS_URL: ${why}${HINTS[fault] ?? ''}`;
  return new PortError(fault, message, options);
}
