import { z } from 'zod';

/** The envelope of every answer (Bot API, "Making requests"). */
export const BotApiAnswer = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error_code: z.int(),
    description: z.string(),
    parameters: z.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() }).optional(),
  }),
]);

export const Me = z.object({ id: z.int(), username: z.string() });

export const Chat = z.object({ type: z.string(), title: z.string().optional() });

/** ChatMember: `can_post_messages` is there for administrators of channels, `can_send_messages` for restricted members. */
export const ChatMember = z.object({
  status: z.string(),
  can_post_messages: z.boolean().optional(),
  can_send_messages: z.boolean().optional(),
});
export type ChatMember = z.infer<typeof ChatMember>;

/** Of a message that was sent, only where it is. */
export const SentMessage = z.object({ message_id: z.int(), chat: z.object({ id: z.int() }) });
