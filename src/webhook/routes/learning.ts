import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { keptFor } from '../../domain/learning/kept-for.ts';
import { knownClasses } from '../../domain/learning/known-classes.ts';
import { type AdvicePorts, modelAdvice } from '../../domain/learning/model-advice.ts';
import { type Learned, recommendation } from '../../domain/learning/recommendation.ts';
import { isSure, smartRecommendation } from '../../domain/learning/smart.ts';
import { learningSummary } from '../../domain/learning/summary.ts';
import type { LearningRepository } from '../../domain/ports/learning-repository.ts';
import type { Language } from '../../domain/text/language.ts';
import type { WebhookDeps } from '../deps.ts';
import { AnomalyKey } from '../intake/outcome-body.ts';
import { RecommendationBody, SmartBody, SummaryBody } from './learning-schema.ts';
import { REFUSALS } from './schema.ts';

export interface RecommendationPorts extends AdvicePorts {
  readonly repository: LearningRepository;
  /** Unless the request asks for another. */
  readonly language: Language;
}

export interface LearningRoutesDeps extends WebhookDeps {
  readonly recommendations: RecommendationPorts;
}

const STORE_WITHIN_MS = 5000;
const within = (): AbortSignal => AbortSignal.timeout(STORE_WITHIN_MS);

/** Totals are of all anomalies: for a prior they may be this old. */
const TOTALS_FOR_MS = 30_000;

const Params = z.object({
  anomaly_key: AnomalyKey.describe('`anomaly_key` of an incident, or what outcomes were reported of; percent-encoded.'),
});
const Query = z.object({
  lang: z.enum(['en', 'zh-TW']).exactOptional().describe('What sentences are written in. Left out: AWOOOI_LANGUAGE of the operator.'),
});
const COMMON = { tags: ['learning'], security: [{ bearer: [] }], params: Params };
const SUMMARY = {
  ...COMMON,
  summary: 'What repairs have taught of an anomaly',
  description: 'All outcomes count, whoever reported them. Of an anomaly that nobody has repaired every count is 0.',
  response: { 200: SummaryBody, ...REFUSALS },
};

/** What repairs have taught of an anomaly, and which to try next. */
export const learningRoutes: FastifyPluginAsyncZod<LearningRoutesDeps> = async (app, deps) => {
  const { repository, language: usual, ...advice } = deps.recommendations;
  const totals = keptFor(
    TOTALS_FOR_MS,
    () => performance.now(),
    () => repository.totals(within()),
  );
  const classOf = knownClasses(() => performance.now(), newestOf(deps));

  async function learnedOf(anomalyKey: string): Promise<Learned> {
    const [record, all, anomalyClass] = await Promise.all([repository.anomaly(anomalyKey, within()), totals(), classOf(anomalyKey)]);
    return { record, totals: all, anomalyClass };
  }

  app.get('/api/v1/learning/summary/:anomaly_key', { schema: SUMMARY }, async ({ params: { anomaly_key: key } }) =>
    learningSummary(key, await repository.anomaly(key, within())),
  );

  app.get(
    '/api/v1/learning/recommendation/:anomaly_key',
    {
      schema: {
        ...COMMON,
        querystring: Query,
        summary: 'Which repair works, by all outcomes',
        description: 'It recommends; `authorised` says whether verified runs let it run by itself.',
        response: { 200: RecommendationBody, ...REFUSALS },
      },
    },
    async ({ params, query }) => recommendation(await learnedOf(params.anomaly_key), { language: query.lang ?? usual, now: deps.now() }),
  );

  app.get(
    '/api/v1/learning/smart-recommendation/:anomaly_key',
    {
      schema: {
        ...COMMON,
        querystring: Query,
        summary: 'The same, with the advice of a model where learning is not sure',
        description: 'A model is asked where the confidence is below 0.8. Without one it is learning alone, and `ai_unavailable` says why.',
        response: { 200: SmartBody, ...REFUSALS },
      },
    },
    async ({ params: { anomaly_key: key }, query }) => {
      const language = query.lang ?? usual;
      const learned = await learnedOf(key);
      const learning = recommendation(learned, { language, now: deps.now() });
      if (isSure(learning)) return smartRecommendation({ learning, record: learned.record, analyser: { is: 'off' } }, language);
      const incident = advice.adviser && (await newestOf(deps)(key));
      const signal = AbortSignal.timeout(advice.timeoutMs + STORE_WITHIN_MS);
      const analyser = await modelAdvice(advice, { record: learned.record, incident, language, signal });
      if (analyser.is === 'failed')
        deps.logger.warn({ anomalyKey: key, fault: analyser.fault }, 'the model has given no advice; learning answers alone');
      return smartRecommendation({ learning, record: learned.record, analyser }, language);
    },
  );
};

const newestOf =
  ({ incidents }: Pick<WebhookDeps, 'incidents'>) =>
  (anomalyKey: string) =>
    incidents.newest(anomalyKey, within());
