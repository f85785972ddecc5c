import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryBench, deliveryBench } from '../../test/builders/delivery-bench.ts';
import { sentryIncident } from '../../test/builders/sentry-incident.ts';
import { type AnalyserServer, startAnalyser } from '../../test/servers/analyser.ts';
import type { Fault } from '../../test/servers/http-server.ts';
import { openaiAnalyser } from '../adapters/analyser/openai-analyser.ts';
import type { Analysis, Incident } from '../domain/incidents/incident.ts';
import type { Analyser } from '../domain/ports/analyser.ts';
import type { Changed } from '../domain/ports/incident-store.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';
import type { AnalysisOutcome } from '../telemetry/analysis-metrics.ts';
import { type AnalysisDeps, analysisChannel } from './analysis.ts';

const NOW = new Date('2026-03-29T02:00:30Z');
const LATER = new Date('2026-03-29T03:00:00Z');

let server: AnalyserServer;
let client: OutgoingClient;
let stored: { analysis: Analysis; tell: readonly string[] }[];
let outcomes: AnalysisOutcome[];
let left: number;
let incident: Incident;

beforeEach(async () => {
  server = await startAnalyser();
  client = outgoingClient();
  stored = [];
  outcomes = [];
  left = 60;
  incident = sentryIncident();
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

/** As the store does: replaces the analysis, by its own clock. */
function analysed(id: string, of: { analysis: Analysis; tell: readonly string[] }): Promise<Changed> {
  if (id !== incident.id) return Promise.resolve({ is: 'missing' });
  stored.push(of);
  const entry = { at: LATER, what: 'analysed' as const, who: of.analysis.by };
  incident = { ...incident, analysis: of.analysis, revision: incident.revision + 1, timeline: [...incident.timeline, entry] };
  return Promise.resolve({ is: 'changed', incident });
}

const HOUR_MS = 3_600_000;
const analyserWithin = (timeoutMs: number): Analyser =>
  openaiAnalyser(client, { url: server.baseUrl, model: server.model, apiKey: () => undefined, timeoutMs, now: () => new Date() });

function bench(changes: Partial<AnalysisDeps> = {}, process = new AbortController()): DeliveryBench {
  const channel = analysisChannel({
    analyser: analyserWithin(HOUR_MS),
    budget: { take: () => Promise.resolve((left -= 1) >= 0) },
    incidents: { analysed },
    tellers: { telegram: true, sentry: true, webhook: false },
    language: 'en',
    analystName: undefined,
    timeoutMs: 10_000,
    now: () => NOW,
    nonce: () => '0123456789abcdef',
    log: { warn: () => {} },
    analysed: outcome => void outcomes.push(outcome),
    ...changes,
  });
  return deliveryBench(channel, process);
}

const error = (status: number, headers = {}): Fault => ({ is: 'answer', reply: { status, headers, body: { error: { message: 'no' } } } });

const asked = (): number => server.requests.length;

describe('an analysis', () => {
  it('is what the model says, and those who are told of it are told', async () => {
    expect(await bench().deliver(incident)).toMatchObject({ is: 'delivered' });
    expect(stored).toEqual([
      {
        analysis: {
          by: 'stand-in-1',
          asked: 'model',
          rootCause: 'The pool of connections is exhausted.',
          impact: 'Orders cannot be created.',
          fix: 'kubectl -n prod rollout restart deployment/api',
          prevention: 'Alert on the use of the pool.',
          confidence: 0.85,
          at: NOW,
        },
        tell: ['sentry', 'telegram'],
      },
    ]);
    expect(outcomes).toEqual(['answered']);
  });

  it('is by the name that the analyst is given', async () => {
    await bench({ analystName: 'OpenClaw' }).deliver(incident);
    expect(stored[0]?.analysis.by).toBe('OpenClaw');
  });

  it('is asked for in the language that is set', async () => {
    await bench({ language: 'zh-TW' }).deliver(incident);
    expect(server.questions[0]?.[0]?.content).toContain('Traditional Chinese');
  });

  it('holds no secret that the model says', async () => {
    server.setAnswer({
      root_cause: 'password=hunter2',
      impact: 'x',
      fix: 'token: abcdef',
      prevention: 'ask ops@example.com',
      confidence: 1,
    });
    await bench().deliver(incident);
    expect(JSON.stringify(stored)).not.toMatch(/hunter2|abcdef|ops@/);
  });

  it('of an incident that is gone by then is no failure', async () => {
    expect(await bench().deliver(sentryIncident({ id: 'inc-07-gone000000000' }))).toMatchObject({ is: 'skipped' });
  });
});

describe('is asked for once', () => {
  it('and is up to date with its own change, though not with one that came in between', async () => {
    const given = incident;
    expect(await bench().deliver(given)).toMatchObject({ revision: given.revision + 1 });
    incident = { ...given, revision: given.revision + 1 };
    expect(await bench().deliver(given)).not.toHaveProperty('revision');
  });

  it('also where the work is put back, for something else made a newer revision', async () => {
    const outbox = bench();
    await outbox.deliver(incident);
    expect(await outbox.deliver(incident)).toMatchObject({ is: 'delivered' });
    expect([asked(), stored.length]).toEqual([1, 1]);
  });

  it('also where the process died after it was stored', async () => {
    const outbox = bench();
    await outbox.dyingBeforeTheRecord(incident);
    expect(await outbox.deliver(incident)).toMatchObject({ is: 'delivered' });
    expect(asked()).toBe(1);
  });

  it('also where our clock is far behind that of the store', async () => {
    const outbox = bench({ now: () => new Date(0) });
    await outbox.dyingBeforeTheRecord(incident);
    await outbox.deliver(incident);
    expect(asked()).toBe(1);
  });

  it('also where the timeline was cut to its newest entries meanwhile', async () => {
    const outbox = bench();
    await outbox.deliver(incident);
    incident = { ...incident, timeline: [] };
    await outbox.deliver(incident);
    expect(asked()).toBe(1);
  });

  it('and again once the incident has re-opened', async () => {
    const outbox = bench();
    await outbox.deliver(incident);
    const reopened = { at: new Date('2026-03-29T04:00:00Z'), what: 'reopened' as const, who: 'sentry' };
    incident = { ...incident, timeline: [...incident.timeline, reopened] };
    await outbox.deliver(incident);
    expect([asked(), stored.length]).toEqual([2, 2]);
  });
});

describe('rules speak, and the rest goes on', () => {
  const told = { tell: ['sentry', 'telegram'], analysis: { by: 'rules', asked: 'rules' } };

  it('where no model is set up', async () => {
    expect(await bench({ analyser: undefined }).deliver(incident)).toMatchObject({ is: 'delivered' });
    expect(stored).toMatchObject([{ ...told, analysis: { because: expect.stringContaining('No model was asked') } }]);
    expect([asked(), outcomes, left]).toEqual([0, ['off'], 60]);
  });

  it("where the hour's questions are used up", async () => {
    left = 1;
    const outbox = bench();
    await outbox.deliver(incident);
    incident = { ...incident, timeline: [{ at: new Date('2026-03-29T04:00:00Z'), what: 'reopened', who: 'sentry' }] };
    await outbox.deliver(incident);
    expect(stored[1]).toMatchObject({ ...told, analysis: { because: expect.stringContaining('QUESTIONS_PER_HOUR') } });
    expect([asked(), outcomes]).toEqual([1, ['answered', 'budget']]);
  });

  it.each<[string, Fault, number]>([
    ['fails twice', error(500), 2],
    ['is cut off twice', { is: 'reset' }, 2],
    ['refuses our key', error(401), 1],
    ['wants to be left alone', error(429, { 'retry-after': '60' }), 1],
    ['does not speak JSON', { is: 'answer', reply: { status: 200, body: 'hello' } }, 1],
    ['takes all its time', { is: 'hang' }, 1],
  ])('where the model %s', async (_, fault, times) => {
    server.breakWith(fault);
    expect(await bench({ timeoutMs: fault.is === 'hang' ? 50 : 10_000 }).deliver(incident)).toMatchObject({ is: 'delivered' });
    expect(stored).toMatchObject([{ ...told, analysis: { because: expect.stringContaining('No model has answered') } }]);
    expect([asked(), outcomes, 60 - left]).toEqual([times, ['failed'], times]);
  });

  it('where the model takes all the time of one question, which is asked no second time', async () => {
    server.breakWith({ is: 'hang' });
    await bench({ analyser: analyserWithin(50) }).deliver(incident);
    expect([asked(), outcomes]).toEqual([1, ['failed']]);
  });

  it('where the asking itself breaks', async () => {
    await bench({ analyser: { ask: () => Promise.reject(new TypeError('a fault of ours')) } }).deliver(incident);
    expect(stored).toMatchObject([told]);
    expect(JSON.stringify(stored)).not.toContain('a fault of ours');
  });

  it('but not where a second question is answered', async () => {
    let first = true;
    server.breakWith(error(503), () => {
      const fails = first;
      first = false;
      return fails;
    });
    await bench().deliver(incident);
    expect([asked(), outcomes]).toEqual([2, ['answered']]);
  });

  it('and not where this process is ending: the next one asks', async () => {
    const ending = new AbortController();
    server.breakWith({ is: 'hang' });
    const real = analyserWithin(HOUR_MS);
    const analyser: Analyser = {
      ask: (question, signal) => {
        const asking = real.ask(question, signal);
        ending.abort(new Error('the operator stops'));
        return asking;
      },
    };
    await expect(bench({ analyser }, ending).deliver(incident)).rejects.toMatchObject({ name: 'PortError' });
    expect(stored).toEqual([]);
  });
});
