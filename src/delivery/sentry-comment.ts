import type { Sentry, SentryIssueRef, SentryNote } from '../domain/ports/sentry.ts';
import { analysisHash } from '../domain/sentry/analysis-hash.ts';
import { commentText } from '../domain/sentry/comment.ts';
import { sentryIssueOf } from '../domain/sentry/issue-ref.ts';
import { commentMarker } from '../domain/sentry/marker.ts';
import type { Language } from '../domain/text/language.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Delivered, DeliveryChannel, Job } from './channel.ts';

export interface SentryCommentDeps {
  readonly sentry: Sentry;
  /** Asked at each delivery: the token may come later, or go. */
  readonly hasToken: () => boolean;
  /** Wins over what the payload says. */
  readonly org: string | undefined;
  readonly language: Language;
  readonly log: Pick<Logger, 'warn'>;
  /** A comment could not be written for want of a token. */
  readonly withoutToken: () => void;
}

type Memo = Readonly<Record<string, string>>;

/**
 * One comment on the Sentry issue for each incident. Its text is rendered once for each analysis and kept before it is sent, so that whatever
 * dies on the way, the next attempt sends the same text and finds what was sent.
 *
 * Memo: `analysis` and `text` are what is to be told, `noteId` the comment, `written` the analysis that it holds.
 */
export function sentryComment(deps: SentryCommentDeps): DeliveryChannel {
  let warned = false;

  function withoutToken(memo: Memo): Delivered {
    deps.withoutToken();
    if (!warned) deps.log.warn({}, 'nothing is written to Sentry: set SENTRY_API_TOKEN to the token of an internal integration');
    warned = true;
    return { is: 'skipped', reason: 'SENTRY_API_TOKEN is not set', memo };
  }

  return {
    name: 'sentry',

    async deliver(job, signal) {
      const { incident, work } = job;
      const issue = sentryIssueOf(incident, deps.org);
      if (!issue) {
        return { is: 'skipped', reason: 'the alert is of no Sentry issue that could be commented on', memo: work.memo };
      }
      if (!incident.analysis) return { is: 'skipped', reason: 'there is no analysis yet; once there is, it is told', memo: work.memo };
      if (!deps.hasToken()) return withoutToken(work.memo);

      const hash = analysisHash(incident.analysis);
      if (work.memo['noteId'] !== undefined && work.memo['written'] === hash) return { is: 'delivered', memo: work.memo };
      const text = await keptText(job, hash, deps.language);
      const noteId = await written(deps.sentry, { issue, text, job }, signal);
      return { is: 'delivered', memo: { text, analysis: hash, noteId, written: hash } };
    },
  };
}

/** The text for this analysis, kept since before the first attempt to send it. */
async function keptText(job: Job, hash: string, language: Language): Promise<string> {
  const { incident, work } = job;
  const { text: kept, analysis: of, noteId } = work.memo;
  if (kept !== undefined && of === hash) return kept;
  if (!incident.analysis) return '';
  const { text } = commentText({ analysis: incident.analysis, incident, language });
  await job.remember({ text, analysis: hash, ...(noteId !== undefined && { noteId }) });
  return text;
}

interface Writing {
  readonly issue: SentryIssueRef;
  readonly text: string;
  readonly job: Job;
}

/** Resolves with the id of the comment that now holds the text. */
async function written(sentry: Sentry, writing: Writing, signal: AbortSignal): Promise<string> {
  const { issue, text, job } = writing;
  const marker = commentMarker(job.incident.id);
  const known = await knownNote(sentry, { ...writing, marker }, signal);
  if (known?.text === text) return known.id;
  const updated = known && (await sentry.updateNote(issue, { id: known.id, text }, signal));
  if (updated) return updated.id;
  // It is gone, or was somebody else's: forgotten first, or a second attempt would go on looking for it.
  if (job.work.memo['noteId'] !== undefined) await job.remember({ text, analysis: analysisOf(job) });
  const posted = await sentry.postNote(issue, { text, marker }, signal);
  // An earlier one may have been found in its place.
  if (posted.text.trim() !== text) await sentry.updateNote(issue, { id: posted.id, text }, signal);
  return posted.id;
}

/** The comment that an earlier attempt left: remembered, or where an attempt never heard of its outcome, found by its marker. */
async function knownNote(
  sentry: Sentry,
  { issue, marker, job }: Writing & { readonly marker: string },
  signal: AbortSignal,
): Promise<SentryNote | undefined> {
  const { noteId, text } = job.work.memo;
  if (noteId !== undefined) return { id: noteId, text: '' };
  return text === undefined ? undefined : sentry.findNote(issue, marker, signal);
}

function analysisOf({ incident }: Job): string {
  return incident.analysis ? analysisHash(incident.analysis) : '';
}
