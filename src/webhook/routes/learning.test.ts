import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionRecord, LEARNED_AT, verifiedNow } from '../../../test/builders/action-record.ts';
import { repairOutcome } from '../../../test/builders/repair-outcome.ts';
import { seededIncident, seededIncidents } from '../../../test/builders/seeded-incidents.ts';
import { asCaller, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { type AnalyserServer, startAnalyser } from '../../../test/servers/analyser.ts';
import { openaiAdviser } from '../../adapters/analyser/openai-adviser.ts';
import { memoryLearning } from '../../adapters/memory/learning.ts';
import type { ActionTotals, AnomalyRecord, LearningRepository } from '../../domain/ports/learning-repository.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import type { RecommendationPorts } from './learning.ts';

const KEY = 'v1-3f9c0a1b2c4d5e6f';
const API_KEY = 'model-key-0123456789';
const away = () => Promise.reject(new PortError('unavailable', 'away'));
const unused = async (): Promise<never> => {
  throw new Error('recommendations only read');
};

/** What was learned of the one anomaly that there is, and how often each was asked for. */
function learned(record: AnomalyRecord, totals: readonly ActionTotals[] = []) {
  const asked = { anomaly: 0, totals: 0 };
  const repository: LearningRepository = {
    record: unused,
    outcomes: unused,
    playbook: unused,
    candidates: unused,
    settle: unused,
    async anomaly(key) {
      asked.anomaly += 1;
      return key === KEY ? record : { occurrences: 0, actions: [] };
    },
    async totals() {
      asked.totals += 1;
      return totals;
    },
  };
  return { repository, asked };
}

const GOOD: AnomalyRecord = {
  occurrences: 14,
  actions: [
    actionRecord('restart_pod', [9, 10], { recentSeconds: [20, 0, 30], verified: verifiedNow(6, 0) }),
    actionRecord('scale_up', [7, 10]),
    actionRecord('apply_hotfix', [0, 3]),
  ],
};
/** Verified outcomes of other anomalies of the class. */
const ofClass = (verified: ActionTotals['verified']): readonly ActionTotals[] => [
  { action: 'scale_up', verified },
  { action: 'scale_up', anomalyClass: 'HighLatency/Deployment', verified },
];

const MIDDLING: AnomalyRecord = { occurrences: 3, actions: [actionRecord('scale_up', [7, 10])] };

let server: AnalyserServer;
let client: OutgoingClient;
beforeEach(async () => {
  server = await startAnalyser({ apiKey: API_KEY, answer: { action: 'Scale-Up', confidence: 0.8, reasoning: 'It is slow.' } });
  client = outgoingClient();
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

function worldOf(record: AnomalyRecord, over: Partial<RecommendationPorts> & { totals?: readonly ActionTotals[] } = {}) {
  const { totals, ...ports } = over;
  const { repository, asked } = learned(record, totals);
  const connection = { url: server.baseUrl, model: server.model, apiKey: () => API_KEY, timeoutMs: 5000, now: () => new Date() };
  const recommendations = {
    repository,
    language: 'en' as const,
    adviser: openaiAdviser(client, connection),
    budget: { take: async () => true },
    nonce: () => 'a-nonce',
    timeoutMs: 5000,
    ...ports,
  };
  const incident = seededIncident({ anomalyKey: KEY, labels: { alertname: 'HighLatency', deployment: 'checkout' } });
  const { store } = seededIncidents({ incidents: [incident] });
  const { app, lines } = webhookWorld({ recommendations, incidents: store, now: () => LEARNED_AT });
  const get = (url: string, headers: object = asCaller) => app.inject({ url: `/api/v1/learning/${url}`, headers: { ...headers } });
  return { app, get, asked, lines };
}

describe('the summary', () => {
  it('has the fields of the contract, and no others', async () => {
    expect((await worldOf(GOOD).get(`summary/${KEY}`)).json()).toEqual({
      anomaly_key: KEY,
      total_occurrences: 14,
      total_repair_attempts: 23,
      overall_success_rate: 16 / 23,
      actions_tried: ['restart_pod', 'scale_up', 'apply_hotfix'],
      best_action: { action: 'restart_pod', success_rate: 0.9 },
      learning_status: 'sufficient',
    });
  });

  it('is one of nothing where nothing is known', async () => {
    const answer = (await worldOf(GOOD).get('summary/v1-0000000000000000')).json();
    expect(answer).toMatchObject({ total_repair_attempts: 0, best_action: null, learning_status: 'insufficient' });
  });
});

describe('the recommendation', () => {
  it('has the fields of the contract, and what verified runs show beside them', async () => {
    expect((await worldOf(GOOD).get(`recommendation/${KEY}`)).json()).toEqual({
      action: 'restart_pod',
      confidence: 0.9,
      tier: 1,
      based_on: '10 attempts so far',
      avg_execution_time: 25,
      alternatives: [{ action: 'scale_up', confidence: 0.7, tier: 2 }],
      lower_bound: expect.any(Number),
      effective_n: 6,
      authorised: { allowed: true, reason: null },
      legacy_score: 0.9 * Math.log(11),
    });
  });

  it('is the default in the language of the operator, or in that which is asked for', async () => {
    const { get } = worldOf(GOOD, { language: 'zh-TW' });
    const usual = { action: 'restart_pod', confidence: 0.3, avg_execution_time: 30, alternatives: [{ action: 'delete_pod' }] };
    const url = 'recommendation/v1-0000000000000000';
    expect((await get(url)).json()).toMatchObject({ ...usual, based_on: '無歷史數據,使用預設' });
    expect((await get(`${url}?lang=en`)).json()).toMatchObject({ ...usual, based_on: 'no history, using the default' });
    expect((await get(`recommendation/${KEY}`)).json()).toMatchObject({ based_on: '10 次歷史數據' });
    expect((await get(`${url}?lang=de`)).statusCode).toBe(400);
  });

  it('learns from the other anomalies of its class, whose totals are read once in a while', async () => {
    const [good, bad] = [
      worldOf(MIDDLING, { totals: ofClass(verifiedNow(50, 0)) }),
      worldOf(MIDDLING, { totals: ofClass(verifiedNow(0, 50)) }),
    ];
    const boundOf = async ({ get }: typeof good) => (await get(`recommendation/${KEY}`)).json<{ lower_bound: number }>().lower_bound;
    expect(await boundOf(good)).toBeGreaterThan(await boundOf(bad));
    await boundOf(good);
    expect(good.asked).toEqual({ anomaly: 2, totals: 1 });
  });
});

describe('the smart recommendation', () => {
  const url = `smart-recommendation/${KEY}`;

  it('is that of learning where it is sure, and no model is asked', async () => {
    const answer = (await worldOf(GOOD).get(url)).json();
    expect([Object.keys(answer), answer]).toMatchObject([
      ['source', 'recommendation'],
      { source: 'learning', recommendation: { confidence: 0.9 } },
    ]);
    expect(server.questions).toEqual([]);
  });

  it('is made of both where it is not', async () => {
    const answer = (await worldOf(MIDDLING).get(url)).json();
    expect(Object.keys(answer)).toEqual(['source', 'learning', 'ai', 'final_recommendation']);
    expect(answer).toMatchObject({
      source: 'hybrid',
      learning: { action: 'scale_up', confidence: 0.7 },
      ai: { action: 'scale_up', confidence: 0.8, tier: 2, reasoning: 'It is slow.' },
      final_recommendation: { action: 'scale_up', decided_by: 'both', authorised: { allowed: false } },
    });
    expect(JSON.stringify(server.questions)).toContain('HighLatency');
  });

  it.each<[string, () => Partial<RecommendationPorts>, RegExp]>([
    ['is off', () => ({ adviser: undefined }), /none is set up/],
    ['is asked too often', () => ({ budget: { take: async () => false } }), /questions are used up/],
    ['does not answer in time', () => (server.breakWith({ is: 'hang' }), { timeoutMs: 50 }), /could not be reached in time/],
    ['fails', () => (server.breakWith({ is: 'answer', reply: { status: 500 } }), {}), /it has failed/],
    ['names no repair that is known', () => (server.setAnswer({ action: 'pray', confidence: 1, reasoning: 'x' }), {}), /of no use/],
    ['says something else', () => (server.setAnswer({ root_cause: 'x' }), {}), /of no use/],
  ])('is that of learning alone, and says why, where the model %s', async (_, over, why) => {
    const answer = await worldOf(MIDDLING, over()).get(url);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { source: 'learning', recommendation: expect.objectContaining({ confidence: 0.7 }), ai_unavailable: expect.stringMatching(why) },
    ]);
    expect(answer.body).not.toContain(API_KEY);
  });
});

describe('all three', () => {
  const urls = ['summary', 'recommendation', 'smart-recommendation'];

  it('are for known callers alone, and for keys that are such', async () => {
    const { get } = worldOf(GOOD);
    for (const url of urls) {
      expect((await get(`${url}/${KEY}`, {})).statusCode).toBe(401);
      const answer = await get(`${url}/${'x'.repeat(201)}`);
      expect([answer.statusCode, answer.body]).toEqual([
        400,
        expect.stringContaining('1 to 200 characters: the anomaly_key of an incident'),
      ]);
    }
  });

  it('answer for keys of an earlier system, too', async () => {
    const key = `HighCPU:web-1/${'高'.repeat(180)}`;
    const repository = memoryLearning({ now: () => LEARNED_AT });
    await repository.record([repairOutcome({ anomalyKey: key })], new AbortController().signal);
    const { get } = worldOf(GOOD, { repository });
    for (const url of urls) expect((await get(`${url}/${encodeURIComponent(key)}`)).statusCode).toBe(200);
    expect((await get(`summary/${encodeURIComponent(key)}`)).json()).toMatchObject({ anomaly_key: key, total_repair_attempts: 1 });
  });

  it('are 503 while the store is away', async () => {
    const { repository } = learned(GOOD);
    const { get } = worldOf(GOOD, { repository: { ...repository, anomaly: away } });
    for (const url of urls) expect((await get(`${url}/${KEY}`)).statusCode).toBe(503);
  });

  it('are described in OpenAPI, with examples', async () => {
    const { app } = worldOf(GOOD);
    const { paths } = JSON.parse((await app.inject('/api/docs/json')).body);
    for (const url of urls) {
      const { schema } = paths[`/api/v1/learning/${url}/{anomaly_key}`].get.responses[200].content['application/json'];
      expect(schema.example).toEqual(expect.objectContaining({}));
    }
  });
});
