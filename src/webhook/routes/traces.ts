import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { watchdogsOf } from '../../domain/drills/watchdogs-of.ts';
import { incidentView, traceEntryView, watchdogView } from '../../domain/incidents/incident-view.ts';
import { traceOf } from '../../domain/incidents/trace.ts';
import type { WebhookDeps } from '../deps.ts';
import { TraceBody } from './incident-schema.ts';
import { REFUSALS } from './schema.ts';

const STORE_WITHIN_MS = 10_000;

/** `GET /api/v1/traces/{alert}`: where an alert went, from its receipt to each delivery. */
export const traceRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, { incidents, watchdogs, chain }) => {
  app.get(
    '/api/v1/traces/:alert',
    {
      schema: {
        summary: 'Where an alert went',
        description:
          'The lists are empty where nothing is known of it: it never came, was refused, or is forgotten by age. Drills, canaries and test notifications are answered and not traced.',
        tags: ['incidents'],
        security: [{ bearer: [] }],
        params: z.object({
          alert: z
            .string()
            .describe('A fingerprint of Alertmanager or SigNoz, the id of a Sentry issue, the id of an incident, or an alertname.'),
        }),
        response: { 200: TraceBody, ...REFUSALS },
      },
    },
    async request => {
      const { alert } = request.params;
      const signal = AbortSignal.timeout(STORE_WITHIN_MS);
      const [trace, heard] = await Promise.all([traceOf(incidents, alert, signal), watchdogsOf({ watchdogs, chain }, alert, signal)]);
      return {
        alert,
        entries: trace.entries.map(traceEntryView),
        incidents: trace.incidents.map(incidentView),
        watchdogs: heard.map(watchdogView),
      };
    },
  );
};
