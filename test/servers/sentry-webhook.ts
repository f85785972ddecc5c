import { randomBytes } from 'node:crypto';
import { sentrySignature } from '../../src/domain/sentry/signature.ts';
import type { StandInNote } from './sentry-notes.ts';

/** Who is told by webhook. */
export interface SentryReceiver {
  readonly url: string;
  /** Without it the webhook goes out unsigned, which Sentry never does. */
  readonly clientSecret?: string;
}

export interface SentryWebhook {
  readonly resource: 'issue' | 'error' | 'event_alert' | 'activity_alert' | 'metric_alert' | 'comment' | 'installation';
  readonly body: unknown;
  readonly at?: Date;
  /** The same id again is the same message. */
  readonly requestId?: string;
}

/** The status of the answer, or why there was none in time. Sentry asks no second time: what an internal integration does not take is lost. */
export type WebhookOutcome = { readonly status: number } | { readonly failed: string };

/** Sentry waits no longer (contracts, 2.4). */
const TIMEOUT_MS = 1_000;
const PLUGIN_TIMEOUT_MS = 5_000;
const APP_UUID = '22222222-3333-4444-8555-666666666666';

/** Posts one webhook as the Integration Platform does: signed over the exact bytes, one second, no redirect, no retry. */
export async function sendSentryWebhook({ url, clientSecret }: SentryReceiver, webhook: SentryWebhook): Promise<WebhookOutcome> {
  const body = pythonJson(webhook.body);
  const headers = {
    'content-type': 'application/json',
    'request-id': webhook.requestId ?? randomBytes(16).toString('hex'),
    'sentry-hook-resource': webhook.resource,
    'sentry-hook-timestamp': String(Math.floor((webhook.at ?? new Date()).getTime() / 1000)),
    'user-agent': 'sentry/26.8.0 (https://sentry.io)',
    ...(clientSecret !== undefined && { 'sentry-hook-signature': sentrySignature(clientSecret, body) }),
  };
  return post(url, { headers, body, timeoutMs: TIMEOUT_MS });
}

/** Posts one webhook as the legacy plugin does, whose token stands in the URL, and as a bridge of one's own may: nothing signs it. */
export function sendUnsignedWebhook(url: string, body: unknown): Promise<WebhookOutcome> {
  return post(url, { headers: { 'content-type': 'application/json' }, body: pythonJson(body), timeoutMs: PLUGIN_TIMEOUT_MS });
}

interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

async function post(url: string, { headers, body, timeoutMs }: Post): Promise<WebhookOutcome> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return { status: answer.status };
  } catch (err) {
    return { failed: err instanceof Error ? err.name : String(err) };
  }
}

/** As Python writes it: nothing but ASCII, and whole seconds as floats, which JSON.stringify would not give back (contracts, 2.2). */
function pythonJson(body: unknown): string {
  return JSON.stringify(body)
    .replaceAll(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll(/"(timestamp|received)":(\d+)(?=[,}])/g, '"$1":$2.0');
}

/** `comment.created` and `comment.updated`, which are sent for an integration's own comments too. */
export function commentBody(action: 'created' | 'updated', issueId: string, { activityId, author, text, at }: StandInNote): unknown {
  return {
    action,
    installation: { uuid: '11111111-2222-4333-8444-555555555555' },
    data: {
      comment: text,
      project_slug: 'api',
      comment_id: Number(activityId),
      issue_id: Number(issueId),
      timestamp: at.toISOString().replace('Z', '000Z'),
    },
    actor: { type: 'application', id: APP_UUID, name: author },
  };
}

export interface SentryEvent {
  readonly issueId: string;
  readonly title: string;
  readonly at: Date;
  /** `acme` unless told otherwise. */
  readonly org?: string;
  /** `https://sentry.example.test` unless told otherwise. */
  readonly base?: string;
  readonly level?: string;
}

/** `issue` with this action, as Sentry sends it of a new, resolved or re-opened issue. */
export function issueBody(action: 'created' | 'resolved' | 'unresolved', event: SentryEvent): unknown {
  const { issueId, title, at, org = 'acme', base = 'https://sentry.example.test', level = 'error' } = event;
  const page = `${base}/organizations/${org}/issues/${issueId}/`;
  // Only `created` carries the three URLs (contracts, 2.3).
  const urls = {
    url: `${base}/api/0/organizations/${org}/issues/${issueId}/`,
    web_url: page,
    project_url: `${base}/organizations/${org}/issues/?project=7`,
  };
  const issue = {
    ...(action === 'created' && urls),
    id: issueId,
    shortId: `API-${issueId}`,
    title,
    culprit: 'api.orders in create',
    permalink: page,
    level,
    status: action === 'resolved' ? 'resolved' : 'unresolved',
    substatus: action === 'created' ? 'new' : null,
    platform: 'node',
    project: { id: '7', name: 'api', slug: 'api', platform: 'node' },
    type: 'error',
    metadata: { type: title.split(':')[0], value: title, filename: 'orders.ts', function: 'create' },
    issueType: 'error',
    issueCategory: 'error',
    count: '1',
    userCount: 1,
    firstSeen: at.toISOString(),
    lastSeen: at.toISOString(),
  };
  return {
    action,
    installation: { uuid: '11111111-2222-4333-8444-555555555555' },
    data: { ...(action === 'resolved' && { resolution_type: 'now' }), issue },
    actor: { type: 'application', id: 'sentry', name: 'Sentry' },
  };
}
