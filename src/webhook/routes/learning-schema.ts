import { z } from 'zod';
import type { RecommendationView } from '../../domain/learning/recommendation.ts';
import type { SmartRecommendationView } from '../../domain/learning/smart.ts';
import type { LearningSummaryView } from '../../domain/learning/summary.ts';

const Action = z.string();
const Rate = z.number().describe('0 to 1.');
const Tier = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).describe('How far it reaches: 1 the least.');

const SUMMARY: LearningSummaryView = {
  anomaly_key: 'v1-3f9c0a1b2c4d5e6f',
  total_occurrences: 14,
  total_repair_attempts: 12,
  overall_success_rate: 0.75,
  actions_tried: ['restart_pod', 'scale_up'],
  best_action: { action: 'restart_pod', success_rate: 0.9 },
  learning_status: 'sufficient',
};

export const SummaryBody = z
  .object({
    anomaly_key: z.string(),
    total_occurrences: z.int().describe('Within 30 days.'),
    total_repair_attempts: z.int(),
    overall_success_rate: Rate,
    actions_tried: z.array(Action).readonly(),
    best_action: z.object({ action: Action, success_rate: Rate }).nullable().describe('With at least 3 attempts, one of which helped.'),
    learning_status: z.enum(['insufficient', 'learning', 'sufficient', 'excellent']),
  })
  .meta({ example: SUMMARY });

const Suggested = z.object({ action: Action, confidence: Rate, tier: Tier });

const Authorised = z.object({
  allowed: z.boolean().describe('May it run by itself, as far as learning goes. Only what the operator itself verified counts.'),
  reason: z.string().nullable().describe('Why not.'),
});

const RECOMMENDATION: RecommendationView = {
  action: 'restart_pod',
  confidence: 0.9,
  tier: 1,
  based_on: '10 attempts so far',
  avg_execution_time: 24.5,
  alternatives: [{ action: 'scale_up', confidence: 0.7, tier: 2 }],
  lower_bound: 0.64,
  effective_n: 6.2,
  authorised: { allowed: true, reason: null },
  legacy_score: 2.16,
};

const Recommendation = z.object({
  ...Suggested.shape,
  based_on: z.string(),
  avg_execution_time: z.number().describe('Seconds.'),
  alternatives: z.array(Suggested).readonly(),
  lower_bound: Rate.describe('The rate of success is higher with a probability of 95 %, by verified runs alone.'),
  effective_n: z.number().describe('How many verified runs stand behind it, each counting half as much every 30 days.'),
  authorised: Authorised,
  legacy_score: z.number().describe('rate × ln(attempts + 1). It ranks, and decides nothing else.'),
});

export const RecommendationBody = Recommendation.meta({ example: RECOMMENDATION });

const LEARNING_ALONE: SmartRecommendationView = { source: 'learning', recommendation: RECOMMENDATION };

const REFUSED = {
  allowed: false,
  reason: 'Runs that the operator verified count as 2.4 (half as much every 30 days), and 5 are needed: approve more runs first.',
};

const HYBRID: SmartRecommendationView = {
  source: 'hybrid',
  learning: { ...RECOMMENDATION, confidence: 0.7, lower_bound: 0.44, effective_n: 2.4, authorised: REFUSED, legacy_score: 1.68 },
  ai: { action: 'restart_pod', confidence: 0.8, tier: 1, reasoning: 'Memory grows from one release to the next.' },
  final_recommendation: {
    action: 'restart_pod',
    confidence: 0.76,
    tier: 1,
    decided_by: 'both',
    reason: 'What was learned and the model both say restart_pod.',
    authorised: REFUSED,
  },
};

export const SmartBody = z
  .discriminatedUnion('source', [
    z
      .object({
        source: z.literal('learning'),
        recommendation: Recommendation,
        ai_unavailable: z.string().optional().describe('Why no model was heard, where one should have been.'),
      })
      .meta({ example: LEARNING_ALONE }),
    z
      .object({
        source: z.literal('hybrid'),
        learning: Recommendation,
        ai: z.object({ ...Suggested.shape, reasoning: z.string() }),
        final_recommendation: z.object({
          ...Suggested.shape,
          decided_by: z.enum(['learning', 'ai', 'both']),
          reason: z.string(),
          authorised: Authorised,
        }),
      })
      .meta({ example: HYBRID }),
  ])
  .meta({ example: HYBRID });
