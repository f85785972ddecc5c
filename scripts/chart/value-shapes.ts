import { z } from 'zod';

/** The shapes that values of the chart have, each with its description. */
export const text = (preset: string, description: string) => z.string().default(preset).describe(description);

export const on = (description: string) => z.boolean().default(true).describe(description);

export const off = (description: string) => z.boolean().default(false).describe(description);

/** A list of words, empty by default. */
export const Words = (description: string) => z.array(z.string().min(1)).default([]).describe(description);

/** Labels, annotations and selectors: text by name. */
export const Labels = (description: string) => z.record(z.string(), z.string()).default({}).describe(description);

/** A list of objects that Kubernetes itself checks, empty by default. */
export const Objects = (description: string) => z.array(z.looseObject({})).default([]).describe(description);

const Amounts = z.record(z.string(), z.union([z.string(), z.number()]));

/** As in a container. */
export const Resources = (description: string) =>
  z
    .strictObject({
      requests: Amounts.optional().describe('What a node must have free, as in a container.'),
      limits: Amounts.optional().describe('What it can never exceed, as in a container.'),
    })
    .describe(description);
