import type { Received, Reply } from './http-server.ts';

export interface StandInNote {
  /** What PUT and DELETE take. */
  readonly activityId: string;
  readonly author: string;
  readonly text: string;
  readonly at: Date;
}

/** What one request wants of the notes of one issue. */
export interface NotesRequest {
  readonly request: Received;
  readonly issueId: string;
  readonly noteId: string | undefined;
  readonly author: string;
}

export interface NotesOptions {
  /** `log-entry`: `id` names an entry of the action log and `commentId` the note (contracts, 3.3); `activity`: older versions, `id` alone. */
  readonly ids: 'log-entry' | 'activity';
  readonly now: () => Date;
}

export interface SentryNotes {
  of(issueId: string): readonly StandInNote[];
  remove(noteId: string): void;
  handle(wanted: NotesRequest): Reply;
}

const HOUR_MS = 3_600_000;
const GONE: Reply = { status: 404, body: { detail: 'The requested resource does not exist' } };

/** Comments on issues, with their traps: the id of the answer, the rule against duplicates, trimmed text, only one's own can be changed. */
export function sentryNotes({ ids, now }: NotesOptions): SentryNotes {
  const notes = new Map<string, StandInNote[]>();
  let made = 0;

  const of = (issueId: string): StandInNote[] => notes.get(issueId) ?? [];
  const shown = (note: StandInNote): unknown => (ids === 'log-entry' ? withLogEntry(note) : plain(note));

  function post({ request, issueId, author }: NotesRequest): Reply {
    const text = textOf(request);
    if (typeof text !== 'string') return text;
    const isDuplicate = of(issueId).some(
      note => note.author === author && note.text === text && now().getTime() - note.at.getTime() < HOUR_MS,
    );
    if (isDuplicate) return { status: 400, body: { detail: 'You have already posted that comment.' } };
    made += 1;
    const note = { activityId: String(1233 + made), author, text, at: now() };
    notes.set(issueId, [note, ...of(issueId)]);
    return { status: 201, body: shown(note) };
  }

  function put({ request, issueId, noteId, author }: NotesRequest): Reply {
    const note = own(issueId, noteId, author);
    if (!note) return GONE;
    const text = textOf(request);
    if (typeof text !== 'string') return text;
    const changed = { ...note, text };
    notes.set(
      issueId,
      of(issueId).map(each => (each === note ? changed : each)),
    );
    return { status: 200, body: shown(changed) };
  }

  function remove(noteId: string): void {
    for (const [issueId, each] of notes)
      notes.set(
        issueId,
        each.filter(({ activityId }) => activityId !== noteId),
      );
  }

  const own = (issueId: string, noteId: string | undefined, author: string): StandInNote | undefined =>
    of(issueId).find(note => note.activityId === noteId && note.author === author);

  function handle(wanted: NotesRequest): Reply {
    const { request, issueId, noteId, author } = wanted;
    const route = `${request.method} ${noteId === undefined ? 'list' : 'note'}`;
    if (route === 'GET list') return { status: 200, body: of(issueId).map(shown) };
    if (route === 'POST list') return post(wanted);
    if (route === 'PUT note') return put(wanted);
    if (route !== 'DELETE note') return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
    if (noteId === undefined || !own(issueId, noteId, author)) return GONE;
    remove(noteId);
    return { status: 204 };
  }

  return { of, remove, handle };
}

function textOf({ headers, body }: Received): string | Reply {
  if (!headers['content-type']?.startsWith('application/json')) {
    return { status: 415, body: { detail: `Unsupported media type "${headers['content-type'] ?? ''}" in request.` } };
  }
  const parsed = parse(body);
  if (parsed === undefined) return { status: 400, body: { detail: 'JSON parse error - Expecting value: line 1 column 1 (char 0)' } };
  if (!('text' in parsed)) return { status: 400, body: { text: ['This field is required.'] } };
  if (typeof parsed.text !== 'string') return { status: 400, body: { text: ['Not a valid string.'] } };
  if (parsed.text.includes('\u0000')) return { status: 400, body: { text: ['Null characters are not allowed.'] } };
  return parsed.text.trim() === '' ? { status: 400, body: { text: ['This field may not be blank.'] } } : parsed.text.trim();
}

function parse(body: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Sentry writes microseconds. */
const time = (at: Date): string => at.toISOString().replace('Z', '000Z');

function withLogEntry(note: StandInNote): unknown {
  const { activityId, author, text, at } = note;
  return {
    id: String(Number(activityId) + 7767),
    commentId: activityId,
    user: null,
    sentry_app: { id: '3', name: author, slug: author },
    type: 'note',
    data: { text, comment_id: Number(activityId) },
    source: 'api',
    dateCreated: time(at),
  };
}

function plain({ activityId, text, at }: StandInNote): unknown {
  return { id: activityId, user: null, type: 'note', data: { text }, dateCreated: time(at) };
}
