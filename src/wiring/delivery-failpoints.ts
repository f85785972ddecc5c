import type { Effect } from '../config/slices/faults.ts';
import type { Adviser } from '../domain/ports/adviser.ts';
import type { Analyser } from '../domain/ports/analyser.ts';
import type { Cards } from '../domain/ports/cards.ts';
import type { ChainState } from '../domain/ports/chain-state.ts';
import type { HttpTarget } from '../domain/ports/http-target.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import type { DeedLog } from '../domain/ports/deed-log.ts';
import type { Sentry } from '../domain/ports/sentry.ts';
import type { Silences } from '../domain/ports/silences.ts';
import { around, type Failpoint } from './failpoints.ts';

/** Makes Telegram post presses to us. */
export interface PressWebhook {
  register(at: { readonly url: string; readonly secret: string }, signal: AbortSignal): Promise<void>;
}

/** All systems that are changed on the way from an alert to those who are told. */
export interface DeliveryEnds {
  readonly cards: Cards;
  readonly sentry: Sentry;
  readonly analyser: Analyser;
  readonly adviser: Adviser;
  readonly silences: Silences;
  /** Of the outgoing webhook. */
  readonly http: HttpTarget;
  readonly pressWebhook: PressWebhook;
}

export interface DeliveryPorts extends DeliveryEnds {
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
}

/** The stores that hold what was done on that way. */
export interface DeliveryRecords {
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  readonly chain: ChainState;
  readonly pressLog: DeedLog;
}

/** Carries out an effect, by its name. */
export type At = <T>(effect: Effect, act: () => Promise<T>) => Promise<T>;

/** The same ends, dying at the failpoint as by `kill -9`. */
export function failingEnds(ends: DeliveryEnds, failpoint: Failpoint): DeliveryEnds {
  return failpoint ? endsAt(ends, around(failpoint)) : ends;
}

/** The same stores, dying at the failpoint as by `kill -9`. */
export function failingRecords<Records extends DeliveryRecords>(records: Records, failpoint: Failpoint): Records {
  return failpoint ? { ...records, ...recordsAt(records, around(failpoint)) } : records;
}

/** Every effect on the ends goes through `at`. */
export function endsAt({ cards, sentry, analyser, adviser, silences, http, pressWebhook }: DeliveryEnds, at: At): DeliveryEnds {
  return {
    cards: {
      ...cards,
      send: (chat, card, signal) => at('telegram-card', () => cards.send(chat, card, signal)),
      edit: (card, to, signal) => at('telegram-edit', () => cards.edit(card, to, signal)),
      answer: (pressId, text, signal) => at('answer-press', () => cards.answer(pressId, text, signal)),
    },
    sentry: {
      ...sentry,
      postNote: (issue, note, signal) => at('sentry-note', () => sentry.postNote(issue, note, signal)),
      updateNote: (issue, note, signal) => at('sentry-note-update', () => sentry.updateNote(issue, note, signal)),
    },
    analyser: { ask: (question, signal) => at('ask-analyser', () => analyser.ask(question, signal)) },
    // Nothing comes of what it says but an answer.
    adviser,
    silences: {
      ...silences,
      create: (silence, signal) => at('create-silence', () => silences.create(silence, signal)),
      expire: (id, signal) => at('expire-silence', () => silences.expire(id, signal)),
    },
    http: { send: (exchange, signal) => at('outgoing-webhook', () => http.send(exchange, signal)) },
    pressWebhook: { register: (where, signal) => at('set-webhook', () => pressWebhook.register(where, signal)) },
  };
}

/** Every record of a deed goes through `at`; what is given out for a time alone (work, a press) does not: it comes back by itself. */
export function recordsAt({ incidents, outbox, chain, pressLog }: DeliveryRecords, at: At): DeliveryRecords {
  return {
    incidents: incidentsAt(incidents, at),
    outbox: {
      ...outbox,
      remember: (work, memo, signal) => at('work-remember', () => outbox.remember(work, memo, signal)),
      done: (work, deed, signal) => at('work-done', () => outbox.done(work, deed, signal)),
      again: (work, of, signal) => at('work-again', () => outbox.again(work, of, signal)),
      giveUp: (work, reason, signal) => at('give-up', () => outbox.giveUp(work, reason, signal)),
      retryDead: (of, signal) => at('retry-dead', () => outbox.retryDead(of, signal)),
    },
    chain: {
      ...chain,
      broke: (broken, signal) => at('chain-broke', () => chain.broke(broken, signal)),
      told: (broken, incidentId, signal) => at('chain-told', () => chain.told(broken, incidentId, signal)),
      mended: (broken, signal) => at('chain-mended', () => chain.mended(broken, signal)),
    },
    pressLog: { ...pressLog, done: (pressId, signal) => at('press-done', () => pressLog.done(pressId, signal)) },
  };
}

function incidentsAt(incidents: IncidentStore, at: At): IncidentStore {
  return {
    ...incidents,
    ingest: (alerts, signal) => at('ingest', () => incidents.ingest(alerts, signal)),
    acknowledge: (id, by, signal) => at('acknowledge', () => incidents.acknowledge(id, by, signal)),
    resolve: (id, by, signal) => at('resolve', () => incidents.resolve(id, by, signal)),
    analysed: (id, of, signal) => at('record-analysis', () => incidents.analysed(id, of, signal)),
    silenced: (id, of, signal) => at('record-silence', () => incidents.silenced(id, of, signal)),
    repairing: (id, of, signal) => at('show-repair', () => incidents.repairing(id, of, signal)),
    note: (id, entry, signal) => at('note', () => incidents.note(id, entry, signal)),
    autoResolve: (id, tell, signal) => at('auto-resolve', () => incidents.autoResolve(id, tell, signal)),
    endUnheard: (id, of, signal) => at('end-unheard', () => incidents.endUnheard(id, of, signal)),
    holdOpen: (id, of, signal) => at('hold-open', () => incidents.holdOpen(id, of, signal)),
  };
}
