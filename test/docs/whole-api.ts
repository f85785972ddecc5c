import { z } from 'zod';
import { memoryDrillApprovals } from '../../src/adapters/memory/drill-approvals.ts';
import { memoryLearning } from '../../src/adapters/memory/learning.ts';
import { memoryRepairPause } from '../../src/adapters/memory/repair-pause.ts';
import type { WebhookDeps } from '../../src/webhook/deps.ts';
import { repairDesk } from '../builders/repair-desk.ts';
import { webhookWorld } from '../builders/webhook-world.ts';

const now = (): Date => new Date();

/** The server with everything set up that a route depends on. */
export function wholeApi(over: Partial<WebhookDeps> = {}) {
  return webhookWorld({
    approvals: { objects: repairDesk([]).objects, drills: memoryDrillApprovals({ now }) },
    repairPause: memoryRepairPause({ now }),
    recommendations: {
      repository: memoryLearning({ now }),
      adviser: undefined,
      language: 'en',
      budget: { take: async () => false },
      nonce: () => 'a-nonce',
      timeoutMs: 1000,
    },
    ...over,
  });
}

const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.json())) });

/** What OpenAPI says of each route, by method in small letters and path. */
export async function describedRoutes({ app }: ReturnType<typeof wholeApi>): Promise<ReadonlyMap<string, unknown>> {
  const { paths } = Document.parse((await app.inject('/api/docs/json')).json());
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]): [string, unknown] => [`${method} ${path}`, described]),
    ),
  );
}
