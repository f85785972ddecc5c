import { afterEach, beforeEach } from 'vitest';
import type { Signoz } from '../servers/signoz.ts';
import { RuleBench, signozWithHook } from './rule-bench.ts';

interface Made {
  readonly signoz: Signoz;
  readonly bench: RuleBench;
}

/** Hands over a stand-in and a bench in front of it, anew for each test of the file. */
export function benchForEach(take: (made: Made) => void): void {
  let made: Made | undefined;
  beforeEach(async () => {
    const signoz = await signozWithHook();
    made = { signoz, bench: new RuleBench(signoz) };
    take(made);
  });
  afterEach(async () => {
    await made?.bench.stop();
    await made?.signoz.stop();
  });
}

/** The methods by which rules were written so far, in order. */
export function writesTo({ requests }: Signoz): string[] {
  return requests.filter(({ method, path }) => method !== 'GET' && path.includes('/rules')).map(({ method }) => method);
}
