import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

const ALERT_BODY = {
  description:
    'An Alertmanager webhook of version 4, or one alert by itself. It is read as JSON whatever its content type says. What does not matter ' +
    'loses no alert: a time that cannot be read, annotations that are no object and fields nested deeper than 32 levels are left out, ' +
    'and label values that are no text are kept as their JSON text.',
  type: 'object',
  properties: {
    receiver: { type: 'string' },
    status: { type: 'string', enum: ['firing', 'resolved'] },
    alertname: { type: 'string' },
    labels: { type: 'object', additionalProperties: true },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    startsAt: { type: 'string', format: 'date-time' },
    alerts: { type: 'array', items: { type: 'object', required: ['labels'], additionalProperties: true } },
  },
  additionalProperties: true,
};

const SENTRY_BODY = {
  description:
    'A webhook of Sentry: issue, error, event_alert, activity_alert or metric_alert of its Integration Platform (told by Sentry-Hook-Resource), ' +
    'the body of the legacy WebHooks plugin, or {action, data: {issue, event}}. It is signed (Sentry-Hook-Signature, HMAC-SHA256 of the exact ' +
    'bytes), or its URL ends in ?token=. Every other webhook of Sentry is answered `ignored`.',
  type: 'object',
  properties: { action: { type: 'string' }, data: { type: 'object', additionalProperties: true } },
  additionalProperties: true,
};

/** The routes of senders read bytes, not zod schemas, so what they take is said here, by tag. */
const BODIES: Readonly<Record<string, object>> = { alerts: ALERT_BODY, sentry: SENTRY_BODY };

const answer = (description: string, properties: Readonly<Record<string, object>>) => ({ description, type: 'object', properties });
const text = { type: 'string' };
const REFUSAL = { error: text, message: text };

const ALERT_RESPONSES = {
  200: answer('Every alert is in the store. `drill` is there for drills; `alerts` where the body held several.', {
    status: { type: 'string', enum: ['accepted', 'deduplicated', 'ignored', 'rejected'] },
    incident_id: { type: 'string', nullable: true },
    is_new: { type: 'boolean' },
    drill: { type: 'boolean' },
    reason: text,
    alerts: { type: 'array', items: { type: 'object', additionalProperties: true } },
  }),
  400: answer('The body is not JSON, or no alert at all.', REFUSAL),
  401: answer('The credential is missing or not known.', REFUSAL),
  413: answer('The body is larger than 8 MiB.', REFUSAL),
  503: answer('The store is away or too many bodies are arriving at once; nothing was taken, send it again.', REFUSAL),
};

/** OpenAPI of everything registered after it: the page at /api/docs, the document at /api/docs/json. */
export function documented(app: FastifyInstance, version: string): void {
  app.register(fastifySwagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'awoooi-operator',
        version,
        description: 'Receives alerts, answers for drills, and gives releases a verdict on the alert chain.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } } },
    },
    transform: args => {
      const { schema, url } = args;
      const body = BODIES[schema?.tags?.[0] ?? ''];
      return body ? { schema: { ...schema, body, response: ALERT_RESPONSES }, url } : jsonSchemaTransform(args);
    },
  });
  app.register(fastifySwaggerUi, { routePrefix: '/api/docs' });
}
