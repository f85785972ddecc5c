import type { PromqlProblem } from '../ports/promql-syntax.ts';
export function caretText(text: string, { from, message }: PromqlProblem): string {
  return `line 1, column ${from + 1}: ${message}\n${text}\n${' '.repeat(from)}^`;
}
