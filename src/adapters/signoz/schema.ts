import { z } from 'zod';

/** `GET /api/v1/channels`: `data` is a JSON string of the receiver, credentials in clear. */
export const ChannelList = z.object({
  data: z.array(z.object({ name: z.string(), data: z.string() })),
});
export type ChannelList = z.infer<typeof ChannelList>;

/** A stored receiver. Everything is kept as it came, for it is sent back whole. */
export const Receiver = z.looseObject({
  name: z.string(),
  webhook_configs: z.array(z.looseObject({ url: z.string() })).default([]),
});
export type Receiver = z.infer<typeof Receiver>;

/** The error envelope; v1 routes give `error` as a plain string (contracts/signoz.md, section 1.3). */
export const ErrorAnswer = z.object({
  status: z.literal('error'),
  error: z.union([
    z.string(),
    z.object({
      code: z.string().default(''),
      message: z.string(),
      errors: z.array(z.object({ message: z.string() })).catch([]),
      /** In nanoseconds. */
      retry: z.object({ delay: z.number() }).optional().catch(undefined),
    }),
  ]),
});
export type ErrorAnswer = z.infer<typeof ErrorAnswer>;

export const Success = z.object({ status: z.literal('success') });

/** `GET /api/v1/version`: open to anybody, without an envelope. */
export const Version = z.object({ version: z.string() });

/** What the server owns of a rule, of which the rest is its body. */
export const ServersPart = z.object({
  id: z.string().min(1),
  state: z.string().default(''),
  disabled: z.boolean().default(false),
  createdAt: z.string().default(''),
  updatedAt: z.string().default(''),
  updatedBy: z.string().default(''),
});

export const OneRule = z.object({ data: z.unknown() });
export const Created = z.object({ data: z.object({ id: z.string().min(1) }) });
export const Tested = z.object({ data: z.object({ alertCount: z.number() }) });
