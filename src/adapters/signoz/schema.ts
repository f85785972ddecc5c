import { z } from 'zod';

/** `GET /api/v1/channels`: `data` is a JSON string of the receiver, credentials in clear. */
export const ChannelList = z.object({
  status: z.literal('success'),
  data: z.array(z.object({ name: z.string(), data: z.string() })),
});

/** A stored receiver. Everything is kept as it came, for it is sent back whole. */
export const Receiver = z.looseObject({
  name: z.string(),
  webhook_configs: z.array(z.looseObject({ url: z.string() })).default([]),
});
export type Receiver = z.infer<typeof Receiver>;

/** The error envelope; v1 routes give `error` as a plain string (contracts/signoz.md, section 1.3). */
export const ErrorAnswer = z.object({
  status: z.literal('error'),
  error: z.union([z.string(), z.object({ code: z.string().default(''), message: z.string() })]),
});
