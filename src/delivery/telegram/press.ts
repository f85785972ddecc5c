import { tellingLabels } from '../../domain/alerts/anomaly-key.ts';
import { canBeSilenced, isSilenced } from '../../domain/cards/buttons.ts';
import { shownTime, wordsOf } from '../../domain/cards/language.ts';
import { type PressWish, verifiedPress } from '../../domain/cards/press-data.ts';
import type { Words } from '../../domain/cards/words.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { SILENCE_END } from '../../domain/incidents/told.ts';
import type { Cards, Press } from '../../domain/ports/cards.ts';
import type { IncidentStore } from '../../domain/ports/incident-store.ts';
import { passesByItself, PortError } from '../../domain/ports/port-error.ts';
import type { DeedLog } from '../../domain/ports/deed-log.ts';
import type { Silences } from '../../domain/ports/silences.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { Language } from '../../domain/text/language.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { failureFields } from '../complaint.ts';
import { unclaimed } from '../unclaimed.ts';
import type { Presser } from './decision-press.ts';
import { isOurChat } from './our-chats.ts';

export interface PressDeps {
  readonly cards: Pick<Cards, 'answer'>;
  readonly incidents: Pick<IncidentStore, 'find' | 'acknowledge' | 'silenced'>;
  readonly pressLog: DeedLog;
  /** Absent where no Alertmanager is set up. */
  readonly silences?: Silences;
  readonly allowedUsers: readonly number[];
  /** Ids of the chats that are set up. */
  readonly chats: readonly string[];
  /** Whose signature counts. */
  readonly buttonSecrets: () => readonly string[];
  /** Channels that are told of a change. */
  readonly tell: readonly string[];
  readonly language: Language;
  readonly now: () => Date;
  readonly logger: Logger;
  /** What decides about repairs; resolves with the sentence that answers the press. Absent where none are looked after. */
  readonly decide?: (wish: PressWish, by: Presser, signal: AbortSignal) => Promise<string>;
}

interface Wished {
  readonly wish: PressWish;
  readonly press: Press;
  readonly who: string;
}

const OF_REPAIRS: readonly PressWish['action'][] = ['approve', 'reject', 'done', 'did-not-help', 'propose'];
const HOUR_MS = 3_600_000;
const MOST_NAME = 40;

/** When to ask for a press again that somebody else has claimed. */
const ASK_AGAIN_MS = 5_000;

/**
 * Does what a button asks for, once, and answers whoever pressed it, once. Rejects with a PortError where the press is to come again: the
 * store is away, or somebody else has claimed it and may die of it. Whatever else fails is answered, and can be pressed again.
 */
export async function pressed(press: Press, deps: PressDeps, signal: AbortSignal): Promise<void> {
  const text = await answerTo(press, deps, signal).catch((err: unknown) => {
    deps.logger.warn({ ...failureFields(err), user: press.userId }, 'a press of a button could not be handled');
    if (passesByItself(err)) throw err;
    return wordsOf(deps.language).answers.failed;
  });
  if (text === undefined) return;
  await deps.cards.answer(press.id, text, signal).catch((err: unknown) => {
    deps.logger.warn({ ...failureFields(err), user: press.userId }, 'a press of a button could not be answered');
  });
}

/** Undefined where the same press was handled before. */
async function answerTo(press: Press, deps: PressDeps, signal: AbortSignal): Promise<string | undefined> {
  const { answers } = wordsOf(deps.language);
  const wish = verifiedPress(press.data, press.chatId ?? '', deps.buttonSecrets());
  if (!wish) return answers.notOurs;
  if (!deps.allowedUsers.includes(press.userId)) return answers.notAllowed;
  const claim = await deps.pressLog.claim(press.id, signal);
  if (claim === 'done') return undefined;
  if (claim === 'others') {
    throw new PortError('unavailable', 'somebody else is handling this press; it is asked for again', { retryAfterMs: ASK_AGAIN_MS });
  }
  const who = `telegram:${excerpt(press.userName, [], MOST_NAME)} (${press.userId})`;
  try {
    const answer = await done({ wish, press, who }, deps, signal);
    // Before the answer: a press that comes again is then answered never rather than twice.
    await deps.pressLog.done(press.id, signal);
    return answer;
  } catch (err) {
    if (err instanceof PortError) await unclaimed(press.id, { log: deps.pressLog, logger: deps.logger });
    throw err;
  }
}

async function done(wished: Wished, deps: PressDeps, signal: AbortSignal): Promise<string> {
  const { answers } = wordsOf(deps.language);
  const { action, subject } = wished.wish;
  if (OF_REPAIRS.includes(action)) {
    const { userId, userName } = wished.press;
    const by = { who: wished.who, userId, name: excerpt(userName, [], MOST_NAME) };
    return deps.decide ? deps.decide(wished.wish, by, signal) : answers.notYet;
  }
  const incident = await deps.incidents.find(subject, signal);
  if (!incident) return answers.gone;
  if (!isOurChat(wished.wish.chatId, { incident, chats: deps.chats })) return answers.notOurs;
  if (incident.status === 'resolved') return answers.resolved;
  if (action === 'acknowledge') return acknowledged(wished, deps, signal);
  return action === 'unsilence' ? unsilenced(incident, { wished, deps, signal }) : silenced(incident, { wished, deps, signal });
}

async function acknowledged({ wish: { subject }, who }: Wished, deps: PressDeps, signal: AbortSignal): Promise<string> {
  const { answers } = wordsOf(deps.language);
  const changed = await deps.incidents.acknowledge(subject, { who, tell: deps.tell }, signal);
  return changed.is === 'missing' ? answers.gone : changed.is === 'changed' ? answers.acknowledged(who) : answers.alreadyDone;
}

interface Doing {
  readonly wished: Wished;
  readonly deps: PressDeps;
  readonly signal: AbortSignal;
}

/** The key names incident and length: whoever presses again after a lost answer finds the silence that stands. */
async function silenced(incident: Incident, { wished: { wish, press, who }, deps, signal }: Doing): Promise<string> {
  const { silences, language, now } = deps;
  const { answers }: Words = wordsOf(language);
  if (!silences || !canBeSilenced(incident)) return answers.noSilences;
  if (isSilenced(incident, now())) return answers.alreadyDone;
  const hours = wish.action === 'silence-1h' ? 1 : 4;
  const endsAt = new Date(now().getTime() + hours * HOUR_MS);
  const createdBy = excerpt(press.userName, [], MOST_NAME);
  const comment = `Incident ${incident.id}, from its card in Telegram by ${who}`;
  const wanted = { key: `${incident.id}:${hours}h`, matchers: tellingLabels(incident.labels), endsAt, createdBy, comment };
  const id = await unlessAway(silences.create(wanted, signal), deps);
  if (id === undefined) return answers.failed;
  await deps.incidents.silenced(incident.id, { silence: { id, by: createdBy, endsAt }, who, tell: [...deps.tell, SILENCE_END] }, signal);
  return answers.silenced(shownTime(endsAt, language));
}

async function unsilenced(incident: Incident, { wished: { who }, deps, signal }: Doing): Promise<string> {
  const { answers } = wordsOf(deps.language);
  if (!deps.silences) return answers.noSilences;
  if (!incident.silence) return answers.alreadyDone;
  const { id } = incident.silence;
  const expired = deps.silences.expire(id, signal).then(() => id);
  if ((await unlessAway(expired, deps)) === undefined) return answers.failed;
  await deps.incidents.silenced(incident.id, { silence: undefined, ended: id, who, tell: [...deps.tell, SILENCE_END] }, signal);
  return answers.unsilenced;
}

/** Undefined where Alertmanager did not do it: presses come one after the other, and those behind this one must not wait until it is back. */
async function unlessAway(doing: Promise<string>, { logger }: PressDeps): Promise<string | undefined> {
  return doing.catch((err: unknown) => {
    if (!(err instanceof PortError)) throw err;
    logger.warn(failureFields(err), 'Alertmanager did not do what a button asked for');
    return undefined;
  });
}
