import { promqlSyntax } from '../../src/adapters/promql/promql-syntax.ts';
import type { CliDeps } from '../../src/cli/deps.ts';

type Given = Pick<CliDeps, 'stdout' | 'stderr'> & Partial<CliDeps>;

/** What commands need of the world, where nothing is there but what the test gives. */
export function closedCli(given: Given): CliDeps {
  const closed = { ok: false, problems: ['not here'] } as const;
  return {
    version: '1.2.3',
    env: {},
    readText: async () => '',
    filesAt: async () => [],
    operator: async () => 0,
    openRun: () => closed,
    openApi: () => closed,
    openLearning: () => closed,
    openSignoz: () => closed,
    openTrigger: async () => closed,
    openPlaybooks: async () => closed,
    openApprover: async () => closed,
    openSurvey: async () => closed,
    newFile: async () => closed,
    promqlSyntax,
    now: () => new Date(0),
    newRunToken: () => '',
    monotonic: () => 0,
    signal: new AbortController().signal,
    ...given,
  };
}
