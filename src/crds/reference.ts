import { z } from 'zod';

/** A key of a Secret in the namespace of the object that names it. */
export const SecretKeyRef = z.object({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) });
export type SecretKeyRef = z.infer<typeof SecretKeyRef>;

/** A whole Secret in the namespace of the object that names it. */
export const SecretRef = z.object({ name: z.string().min(1).max(253) });
export type SecretRef = z.infer<typeof SecretRef>;

export const HttpUrl = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/]+.*$/);

/** How we sign in at an HTTP endpoint: a bearer token, or a user name with a password. */
export const HttpAuth = z.object({
  bearerToken: SecretKeyRef.optional(),
  basic: z.object({ username: z.string().min(1).max(256), password: SecretKeyRef }).optional(),
});
export type HttpAuth = z.infer<typeof HttpAuth>;
