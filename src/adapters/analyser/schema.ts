import { z } from 'zod';
import { cut } from '../../domain/text/cut.ts';

/** Characters of one text; more is no answer to what was asked. */
const LONGEST = 6_000;

export const Text = z
  .union([z.string(), z.array(z.string()).transform(lines => lines.join('\n'))])
  .transform(text => cut(text.trim(), LONGEST, ''))
  .pipe(z.string().min(1));

/** 0 to 1; models also write 85, "85%" and "0.85". */
export const Confidence = z
  .union([z.number(), z.string().regex(/^\s*\d{1,3}(?:\.\d+)?\s*%?\s*$/)])
  .transform(given => {
    const number = typeof given === 'number' ? given : Number.parseFloat(given);
    const isPercent = number > 1 || (typeof given === 'string' && given.includes('%'));
    return isPercent ? number / 100 : number;
  })
  .pipe(z.number().min(0).max(1));

/** What the model is asked to answer, in the spelling it is asked for or in another that models take for it. */
export const Answer = z
  .looseObject({})
  .transform(({ root_cause, rootCause, impact, fix, fix_suggestion, prevention, confidence }) => ({
    rootCause: root_cause ?? rootCause,
    impact,
    fix: fix ?? fix_suggestion,
    prevention,
    confidence,
  }))
  .pipe(z.object({ rootCause: Text, impact: Text, fix: Text, prevention: Text, confidence: Confidence }));

/** What is read of a chat completion. */
export const Completion = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })], z.unknown()) });
