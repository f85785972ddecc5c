import type { CliDeps, Output } from '../deps.ts';

/** Whether a stream is written to in colour: on a terminal, unless NO_COLOR holds anything (https://no-color.org). */
export function inColour({ isTTY }: Output, { env }: Pick<CliDeps, 'env'>): boolean {
  return isTTY && (env['NO_COLOR'] ?? '') === '';
}

const CODES = { green: '32', red: '31', yellow: '33', cyan: '36', bold: '1' } as const;
export type Colour = keyof typeof CODES;

export function painted(text: string, colour: Colour): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
