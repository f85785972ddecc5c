import type { z } from 'zod';
import { fileVariable, type Surroundings, textOf } from './surroundings.ts';
import type { VariableFacts } from './variable.ts';

/**
 * Reports what several variables do wrong together: `message` goes on after the name of the variable at `path`, from where they are looked
 * at together.
 */
export function wrongTogether(ctx: z.core.$RefinementCtx, path: string | readonly string[], message: string): void {
  ctx.addIssue({ code: 'custom', path: [path].flat(), message, params: { whole: true } });
}

export function isOfSeveral(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params?.['whole'] === true;
}

/** One wrong variable as a sentence: its name, what is wrong, what is right. Never repeats a secret. */
export function problem(issue: z.core.$ZodIssue, facts: VariableFacts, surroundings: Surroundings): string {
  const own = issue.code === 'custom' ? issue : undefined;
  if (own?.params?.['whole'] === true) return `${facts.env} ${own.message}`;
  const fromFile = facts.secret && textOf(surroundings, fileVariable(facts)) !== undefined;
  const name = fromFile ? fileVariable(facts) : facts.env;
  if (own?.params?.['unreadable'] === true)
    return `${name} names a file that cannot be read (${own.message}): mount it or correct the path`;
  const why = own && own.message !== 'Invalid input' ? ` (${own.message})` : '';
  return `${name} ${state(facts, surroundings)}${why}: give ${facts.expects}`;
}

/** A credential that is given directly and as a file, of which one must be a mistake. */
export function givenTwice(facts: VariableFacts, surroundings: Surroundings): string[] {
  if (!facts.secret || textOf(surroundings, facts.env) === undefined || textOf(surroundings, fileVariable(facts)) === undefined) return [];
  return [`${facts.env} and ${fileVariable(facts)} are both set: keep one of them`];
}

function state(facts: VariableFacts, surroundings: Surroundings): string {
  if (facts.secret) return 'is wrong';
  const text = textOf(surroundings, facts.env);
  if (text === undefined) return 'is not set';
  const serviceLink = /^(tcp|udp|sctp):\/\//.test(text);
  const hint = serviceLink ? ', which Kubernetes sets for a Service of that name: set enableServiceLinks to false in the pod, or' : '';
  return `is ${JSON.stringify(shown(text))}${hint}`;
}

/** A value fit to be printed: without the credentials of a URL, and not too long. */
function shown(text: string): string {
  const clean = text.replaceAll(/\/\/[^/@\s]*@/g, '//***@');
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean;
}
