import { z } from 'zod';

/** Sentry writes ids as texts, and in `data` as numbers. */
const Id = z.union([z.string().min(1), z.number().int()]).transform(String);

/** A comment. The newest versions name an entry of their action log in `id`: PUT takes the other two (contracts, section 3.3). */
export const Note = z
  .object({
    id: Id,
    commentId: Id.nullish(),
    data: z.object({ text: z.string().nullish(), comment_id: Id.nullish() }).nullish(),
  })
  .transform(({ id, commentId, data }) => ({ id: commentId ?? data?.comment_id ?? id, text: data?.text ?? '' }));

export const ListedIssue = z.looseObject({ id: Id });

/** Errors stand in `detail`, of a path that has ended in `message`, of an unknown one in `info`, of a field under its name. */
export const ErrorAnswer = z.object({ detail: z.string().optional(), message: z.string().optional(), info: z.string().optional() });
