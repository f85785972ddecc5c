import { type HttpServer, type Received, type Reply, startHttpServer } from './http-server.ts';
import { sentryNotes, type StandInNote } from './sentry-notes.ts';
import { commentBody, type SentryReceiver, sendSentryWebhook, type WebhookOutcome } from './sentry-webhook.ts';

type Scope = 'event:read' | 'event:write' | 'event:admin';

export interface StandInIssue {
  readonly id: string;
  readonly shortId?: string;
  readonly title?: string;
  readonly status?: 'unresolved' | 'resolved';
  readonly lastSeen?: Date;
  /** The issue that it was merged into. */
  readonly mergedInto?: string;
}

export interface SentryOptions {
  /** `acme` unless told otherwise. */
  readonly org?: string;
  /** Tokens with their scopes, and the slug of the integration that each is of. */
  readonly tokens?: Readonly<Record<string, { readonly scopes: readonly Scope[]; readonly app: string }>>;
  readonly issues?: readonly StandInIssue[];
  /** Which id an answer names: see NotesOptions; `log-entry` unless told otherwise. */
  readonly ids?: 'log-entry' | 'activity';
  /** A path below which all routes live, for example `/sentry`. */
  readonly basePath?: string;
  /** Where it tells of comments, ours too, as a subscribed integration is told. */
  readonly receiver?: SentryReceiver;
  readonly now?: () => Date;
  readonly port?: number;
}

export interface Sentry extends HttpServer {
  /** May read and write events. */
  readonly token: string;
  readonly readerToken: string;
  /** Newest first. */
  notes(issueId: string): readonly StandInNote[];
  removeNote(noteId: string): void;
  setIssue(issue: StandInIssue): void;
  /** From now on the paths without an organization answer 410. */
  endLegacyPaths(): void;
  /** From now on every call is answered 429 with the time of the reset and, as Sentry does, without Retry-After; until `mend`. */
  limit(resetInSeconds: number): void;
  /** From now on only these tokens are known. */
  setTokens(tokens: NonNullable<SentryOptions['tokens']>): void;
  /** What became of the webhooks it sent by itself. */
  told(): Promise<readonly WebhookOutcome[]>;
}

const TOKEN = `sntrys_${'w'.repeat(40)}`;
const READER_TOKEN = `sntrys_${'r'.repeat(40)}`;
const TOKENS: NonNullable<SentryOptions['tokens']> = {
  [TOKEN]: { scopes: ['event:read', 'event:write'], app: 'awoooi' },
  [READER_TOKEN]: { scopes: ['event:read'], app: 'awoooi' },
};
const NOT_FOUND: Reply = { status: 404, body: { detail: 'The requested resource does not exist' } };

const NOTES =
  /^\/api\/0\/(?:organizations\/(?<org>[^/]+)\/issues|issues|groups)\/(?<issue>[^/]+)\/(?:comments|notes)\/(?:(?<note>[^/]+)\/)?$/;
const ISSUES = /^\/api\/0\/organizations\/(?<org>[^/]+)\/issues\/$/;

/** A strict stand-in of Sentry's API as far as comments and the list of issues go (contracts, section 3), traps included. */
export async function startSentry(options: SentryOptions = {}): Promise<Sentry> {
  const { org = 'acme', ids = 'log-entry', basePath = '', receiver, now = () => new Date(), port } = options;
  const issues = new Map((options.issues ?? [{ id: '42', shortId: 'API-1A' }]).map(issue => [issue.id, issue]));
  const notes = sentryNotes({ ids, now });
  const webhooks: Promise<WebhookOutcome>[] = [];
  let tokens = options.tokens ?? TOKENS;
  let legacyEnded = false;

  function issueOf(id: string, byOrg: boolean): StandInIssue | undefined {
    const found = issues.get(id) ?? (byOrg ? [...issues.values()].find(({ shortId }) => shortId === id) : undefined);
    return found?.mergedInto === undefined ? found : issueOf(found.mergedInto, byOrg);
  }

  function tell(action: 'created' | 'updated', issueId: string, note: StandInNote): void {
    if (!receiver) return;
    webhooks.push(sendSentryWebhook(receiver, { resource: 'comment', body: commentBody(action, issueId, note), at: now() }));
  }

  function aboutNotes(request: Received, { org: given, issue = '', note }: Record<string, string | undefined>, app: string): Reply {
    if (given === undefined && legacyEnded) return { status: 410, body: { message: 'This API no longer exists.' } };
    const found = given === undefined || given === org ? issueOf(issue, given !== undefined) : undefined;
    if (!found) return NOT_FOUND;
    const reply = notes.handle({ request, issueId: found.id, noteId: note, author: app });
    const written = notes.of(found.id).find(({ activityId }) => note === undefined || activityId === note);
    if (written && reply.status === 201) tell('created', found.id, written);
    if (written && request.method === 'PUT') tell('updated', found.id, written);
    const legacy = given === undefined ? { 'x-sentry-deprecation-date': '2026-12-01T00:00:00+00:00' } : {};
    const listed = request.method === 'GET' && reply.status === 200 ? paged(request, reply.body) : reply;
    return { ...listed, headers: { ...listed.headers, ...legacy } };
  }

  function list(request: Received): Reply {
    const query = request.query.get('query') ?? 'is:unresolved';
    const text = /(?:^|\s)lastSeen:>=(\S+)/.exec(query)?.[1];
    // Times without a zone are UTC.
    const since = text === undefined ? new Date(0) : new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
    if (Number.isNaN(since.getTime())) return { status: 400, body: { detail: `Error parsing search query: Invalid date ${text}` } };
    const seen = ({ lastSeen = now() }: StandInIssue): boolean => lastSeen >= since;
    const open = ({ status = 'unresolved' }: StandInIssue): boolean => !query.includes('is:unresolved') || status === 'unresolved';
    return paged(
      request,
      [...issues.values()].filter(each => seen(each) && open(each)).map(each => listed(each, now())),
    );
  }

  function handle(request: Received): Reply {
    const path = request.path.startsWith(basePath) ? request.path.slice(basePath.length) : '';
    if (!path.endsWith('/')) return { status: 404, body: { info: 'Route not found, did you forget a trailing slash?' } };
    const caller = callerOf(request, tokens);
    if ('status' in caller) return caller;
    const ofNotes = NOTES.exec(path)?.groups;
    if (ofNotes) return aboutNotes(request, ofNotes, caller.app);
    const ofIssues = ISSUES.exec(path)?.groups;
    return ofIssues?.['org'] === org && request.method === 'GET' ? list(request) : NOT_FOUND;
  }

  const server = await startHttpServer({ handle, ...(port !== undefined && { port }) });
  return {
    ...server,
    url: `${server.url}${basePath}`,
    token: TOKEN,
    readerToken: READER_TOKEN,
    notes: issueId => notes.of(issueId),
    removeNote: noteId => notes.remove(noteId),
    setIssue: issue => void issues.set(issue.id, issue),
    endLegacyPaths: () => {
      legacyEnded = true;
    },
    limit: seconds => server.breakWith({ is: 'answer', reply: limited(Math.ceil(now().getTime() / 1000) + seconds) }),
    setTokens: value => {
      tokens = value;
    },
    told: () => Promise.all(webhooks),
  };
}

/** Which integration asks, or why it may not. */
function callerOf({ headers, method }: Received, tokens: NonNullable<SentryOptions['tokens']>): { readonly app: string } | Reply {
  const [, given] = /^Bearer (.+)$/.exec(headers['authorization'] ?? '') ?? [];
  if (given === undefined) return { status: 401, body: { detail: 'Authentication credentials were not provided.' } };
  const token = tokens[given];
  if (!token) return { status: 401, body: { detail: 'Invalid token' } };
  const needed = method === 'GET' ? ['event:read', 'event:write', 'event:admin'] : ['event:write', 'event:admin'];
  if (token.scopes.some(scope => needed.includes(scope))) return { app: token.app };
  return { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
}

function limited(reset: number): Reply {
  return {
    status: 429,
    headers: {
      'x-sentry-rate-limit-limit': '5',
      'x-sentry-rate-limit-remaining': '0',
      'x-sentry-rate-limit-reset': String(reset),
      'x-sentry-rate-limit-concurrentlimit': '25',
      'x-sentry-rate-limit-concurrentremaining': '24',
    },
    body: { detail: 'You are attempting to use this endpoint too frequently. Limit is 5 requests in 1 seconds' },
  };
}

/** By cursor `0:OFFSET:0`, at most 100 a page; the links carry whether there is more. */
function paged({ path, query, headers }: Received, items: unknown): Reply {
  if (!Array.isArray(items)) return { status: 500, body: 'the stand-in pages lists only' };
  const size = Number(query.get('per_page') ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 100) {
    return { status: 400, body: { detail: 'Invalid per_page value. Must be between 1 and 100.' } };
  }
  const [, offset = 'none'] = /^0:(\d+):[01]$/.exec(query.get('cursor') ?? '0:0:0') ?? [];
  if (offset === 'none') return { status: 400, body: { detail: 'Invalid cursor parameter.' } };
  const from = Number(offset);
  const link = (rel: string, cursor: string, results: boolean): string => {
    const to = new URLSearchParams(query);
    to.set('cursor', cursor);
    return `<http://${headers['host'] ?? ''}${path}?${to.toString()}>; rel="${rel}"; results="${results}"; cursor="${cursor}"`;
  };
  const links = [
    link('previous', `0:${Math.max(0, from - size)}:1`, from > 0),
    link('next', `0:${from + size}:0`, from + size < items.length),
  ];
  return { status: 200, headers: { link: links.join(', ') }, body: items.slice(from, from + size) };
}

/** An entry of the issue list. */
function listed({ id, shortId = `API-${id}`, title = 'Error', status = 'unresolved', lastSeen }: StandInIssue, now: Date): unknown {
  const seen = (lastSeen ?? now).toISOString();
  return {
    id,
    shortId,
    title,
    culprit: '',
    level: 'error',
    status,
    count: '1',
    project: { id: '7', name: 'api', slug: 'api', platform: 'node' },
    firstSeen: seen,
    lastSeen: seen,
  };
}
