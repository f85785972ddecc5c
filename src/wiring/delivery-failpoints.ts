import type { Effect } from '../config/slices/faults.ts';
import type { Analyser } from '../domain/ports/analyser.ts';
import type { Cards } from '../domain/ports/cards.ts';
import type { HttpTarget } from '../domain/ports/http-target.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import type { Sentry } from '../domain/ports/sentry.ts';
import type { Silences } from '../domain/ports/silences.ts';
import { around, type Failpoint } from './failpoints.ts';

/** All that is changed outside of this process on the way from an alert to those who are told. */
export interface DeliveryPorts {
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  readonly cards: Cards;
  readonly sentry: Sentry;
  readonly analyser: Analyser;
  readonly silences: Silences;
  /** Of the outgoing webhook. */
  readonly http: HttpTarget;
}

/** The same ports, dying at the failpoint as by `kill -9`. */
export function failingDelivery(ports: DeliveryPorts, failpoint: Failpoint): DeliveryPorts {
  if (!failpoint) return ports;
  const at = around(failpoint);
  return {
    incidents: failingIncidents(ports.incidents, at),
    outbox: failingOutbox(ports.outbox, at),
    ...failingEnds(ports, at),
  };
}

type At = <T>(effect: Effect, act: () => Promise<T>) => Promise<T>;

function failingIncidents(incidents: IncidentStore, at: At): IncidentStore {
  return {
    ...incidents,
    ingest: (alerts, signal) => at('ingest', () => incidents.ingest(alerts, signal)),
    acknowledge: (id, by, signal) => at('acknowledge', () => incidents.acknowledge(id, by, signal)),
    analysed: (id, of, signal) => at('record-analysis', () => incidents.analysed(id, of, signal)),
    silenced: (id, of, signal) => at('record-silence', () => incidents.silenced(id, of, signal)),
    autoResolve: (id, tell, signal) => at('auto-resolve', () => incidents.autoResolve(id, tell, signal)),
  };
}

function failingOutbox(outbox: Outbox, at: At): Outbox {
  return {
    ...outbox,
    remember: (work, memo, signal) => at('work-remember', () => outbox.remember(work, memo, signal)),
    done: (work, deed, signal) => at('work-done', () => outbox.done(work, deed, signal)),
    again: (work, of, signal) => at('work-again', () => outbox.again(work, of, signal)),
  };
}

function failingEnds({ cards, sentry, analyser, silences, http }: DeliveryPorts, at: At): Omit<DeliveryPorts, 'incidents' | 'outbox'> {
  return {
    cards: {
      ...cards,
      send: (chat, card, signal) => at('telegram-card', () => cards.send(chat, card, signal)),
      edit: (card, to, signal) => at('telegram-edit', () => cards.edit(card, to, signal)),
    },
    sentry: {
      ...sentry,
      postNote: (issue, note, signal) => at('sentry-note', () => sentry.postNote(issue, note, signal)),
      updateNote: (issue, note, signal) => at('sentry-note-update', () => sentry.updateNote(issue, note, signal)),
    },
    analyser: { ask: (question, signal) => at('ask-analyser', () => analyser.ask(question, signal)) },
    silences: { ...silences, create: (silence, signal) => at('create-silence', () => silences.create(silence, signal)) },
    http: { send: (exchange, signal) => at('outgoing-webhook', () => http.send(exchange, signal)) },
  };
}
