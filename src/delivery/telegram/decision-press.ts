import { wordsOf } from '../../domain/cards/language.ts';
import { proposalIn, type PressWish } from '../../domain/cards/press-data.ts';
import type { Words } from '../../domain/cards/words.ts';
import type { Decided, Decider, Decisions, ProposalMade } from '../../domain/ports/decisions.ts';
import type { IncidentStore } from '../../domain/ports/incident-store.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { Language } from '../../domain/text/language.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { failureFields } from '../complaint.ts';
import { isOurChat } from './our-chats.ts';

export interface DecisionPressDeps {
  readonly decisions: Decisions;
  readonly incidents: Pick<IncidentStore, 'find' | 'note'>;
  /** Ids of the chats that are set up. */
  readonly chats: readonly string[];
  readonly language: Language;
  readonly logger: Logger;
}

/** Who pressed: an allowed user. */
export interface Presser {
  /** For the timeline. */
  readonly who: string;
  readonly userId: number;
  readonly name: string;
}

type Answers = Words['answers'];

const MOST_WHO = 60;
/** Of an answer Telegram shows 200 characters. */
const MOST_WHY = 150;

/** What a button about a repair does; resolves with the sentence that answers the press. */
export function decisionPress(deps: DecisionPressDeps): (wish: PressWish, by: Presser, signal: AbortSignal) => Promise<string> {
  return async (wish, presser, signal) => {
    const { answers } = wordsOf(deps.language);
    const proposal = wish.action === 'propose' ? proposalIn(wish.subject) : undefined;
    const incidentId = proposal ? proposal.incidentId : deps.decisions.incidentOf(wish.subject);
    const incident = incidentId === undefined ? undefined : await deps.incidents.find(incidentId, signal);
    if (!isOurChat(wish.chatId, { incident, chats: deps.chats })) return answers.notOurs;
    if (wish.action !== 'propose') return unlessAway(deps, () => decided(wish, { deps, presser, signal }));
    if (!incident || !proposal) return answers.gone;
    if (incident.status === 'resolved') return answers.resolved;
    return unlessAway(deps, async () => {
      const made = await deps.decisions.propose({ incident, mark: proposal.mark }, signal);
      if (made.is === 'proposed') await noted(deps, { incidentId: incident.id, who: presser.who, playbook: made.playbook }, signal);
      return proposalAnswer(made, answers);
    });
  };
}

interface Deciding {
  readonly deps: DecisionPressDeps;
  readonly presser: Presser;
  readonly signal: AbortSignal;
}

async function decided({ action, subject }: PressWish, { deps: { decisions, language }, presser, signal }: Deciding): Promise<string> {
  const { answers } = wordsOf(language);
  const by: Decider = { by: `telegram:${presser.userId}`, name: presser.name, via: 'telegram' };
  if (action === 'approve') {
    return decisionAnswer(await decisions.approve(subject, by, signal), { answers, recorded: answers.approved });
  }
  if (action === 'reject') {
    return decisionAnswer(await decisions.reject(subject, by, signal), { answers, recorded: answers.rejected });
  }
  const helped = action === 'done';
  const answered = await decisions.answer(subject, { ...by, helped }, signal);
  return decisionAnswer(answered, { answers, recorded: helped ? answers.helped : answers.didNotHelp });
}

function decisionAnswer(decided: Decided, { answers, recorded }: { readonly answers: Answers; readonly recorded: string }): string {
  switch (decided.is) {
    case 'recorded':
      return recorded;
    case 'approved':
      return answers.alreadyApproved(excerpt(decided.by, [], MOST_WHO));
    case 'rejected':
      return answers.alreadyRejected(excerpt(decided.by, [], MOST_WHO));
    case 'expired':
      return answers.expired;
    case 'changed':
      return answers.changed;
    case 'over':
      return answers.over;
    case 'gone':
      return answers.repairGone;
    case 'not-an-approver':
      return answers.notAnApprover;
  }
}

function proposalAnswer(made: ProposalMade, answers: Answers): string {
  switch (made.is) {
    case 'proposed':
      return answers.proposed;
    case 'at-work':
      return answers.atWork;
    case 'changed':
      return answers.changed;
    case 'cannot':
      return answers.cannot(excerpt(made.why, [], MOST_WHY));
  }
}

/** Only who proposed it is lost where that fails: the run itself is told of by its controller. */
async function noted(
  { incidents, logger }: DecisionPressDeps,
  { incidentId, who, playbook }: { readonly incidentId: string; readonly who: string; readonly playbook: string },
  signal: AbortSignal,
): Promise<void> {
  const entry = { what: 'repair-proposed', who, detail: `${playbook}, from the card` } as const;
  await incidents.note(incidentId, entry, signal).catch((err: unknown) => {
    logger.warn({ ...failureFields(err), incident: incidentId }, 'who proposed a repair could not be noted');
  });
}

/** Presses come one after the other: those behind this one must not wait until the API server is back. */
async function unlessAway({ language, logger }: DecisionPressDeps, doing: () => Promise<string>): Promise<string> {
  try {
    return await doing();
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    logger.warn(failureFields(err), 'what a button decided about a repair could not be recorded');
    return wordsOf(language).answers.failed;
  }
}
