import { PortError } from '../../domain/ports/port-error.ts';
import type { Sentry, SentryIssueRef, SentryListedIssue, SentryNote } from '../../domain/ports/sentry.ts';
import { endsWithMarker } from '../../domain/sentry/marker.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { pages } from './pages.ts';
import { ListedIssue, Note } from './schema.ts';
import { apiError, issuesPath, notesPath, type SentryAnswer, type SentryCall, type SentryConnection, sentryCall } from './sentry-api.ts';

type Ask = (call: SentryCall, signal: AbortSignal) => Promise<SentryAnswer>;

const DUPLICATE = 'You have already posted that comment.';
const PER_PAGE = '100';

/** Sentry over the outgoing client (contracts, section 3). */
export function sentryApi(client: OutgoingClient, connection: SentryConnection): Sentry {
  const ask: Ask = (call, signal) => sentryCall(client, { connection, call, signal });
  const refused = (answer: SentryAnswer, call: SentryCall): PortError => apiError(answer, call, connection);
  const listed = (call: SentryCall, signal: AbortSignal): AsyncGenerator<readonly unknown[]> =>
    pages(async cursor => {
      const answer = await ask({ ...call, query: { ...call.query, per_page: PER_PAGE, ...(cursor !== undefined && { cursor }) } }, signal);
      if (answer.status !== 200) throw refused(answer, call);
      return answer;
    });

  async function findNote(issue: SentryIssueRef, marker: string, signal: AbortSignal): Promise<SentryNote | undefined> {
    for await (const page of listed({ method: 'GET', path: notesPath(issue) }, signal)) {
      const found = page.flatMap(readableNote).find(({ text }) => endsWithMarker(text, marker));
      if (found) return found;
    }
    return undefined;
  }

  return {
    findNote,

    async postNote(issue, { text, marker }, signal) {
      const call: SentryCall = { method: 'POST', path: notesPath(issue), body: { text } };
      const answer = await ask(call, signal);
      if (answer.status < 300) return noteOf(answer);
      if (answer.status !== 400 || answer.detail !== DUPLICATE) throw refused(answer, call);
      const found = await findNote(issue, marker, signal);
      if (found) return found;
      throw new PortError('rejected', 'Sentry says that this comment was posted within the hour, and does not list it', {
        statusCode: 400,
      });
    },

    async updateNote(issue, { id, text }, signal) {
      const call: SentryCall = { method: 'PUT', path: notesPath(issue, id), body: { text } };
      const answer = await ask(call, signal);
      if (answer.status === 404) return undefined;
      if (answer.status < 300) return noteOf(answer);
      throw refused(answer, call);
    },

    async issuesSince(since, signal) {
      if (connection.org === undefined) {
        throw new PortError('unsupported', "the list of Sentry's issues needs an organization: set SENTRY_ORG");
      }
      const query = { query: `is:unresolved lastSeen:>=${since.toISOString().slice(0, 19)}`, sort: 'date', project: '-1' };
      const issues: SentryListedIssue[] = [];
      for await (const page of listed({ method: 'GET', path: issuesPath(connection.org), query }, signal)) {
        issues.push(...page.flatMap(readableIssue));
      }
      return issues;
    },
  };
}

function noteOf({ status, body }: SentryAnswer): SentryNote {
  const note = Note.safeParse(body);
  if (note.success) return note.data;
  throw new PortError('malformed', "Sentry's answer is no comment: check that SENTRY_API_URL is that of a Sentry", { statusCode: status });
}

/** An entry of another shape is none of ours, and no reason to look at no other. */
function readableNote(entry: unknown): SentryNote[] {
  const note = Note.safeParse(entry);
  return note.success ? [note.data] : [];
}

function readableIssue(entry: unknown): SentryListedIssue[] {
  const issue = ListedIssue.safeParse(entry);
  return issue.success ? [{ id: issue.data.id, body: issue.data }] : [];
}
