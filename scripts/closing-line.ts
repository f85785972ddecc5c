import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends a run's output with `N passed, N failed, N skipped`, alone on its line. A file that could not be loaded
 * and an error outside any test each count as one failure.
 */
export function closingLine(write: (line: string) => void = line => void process.stdout.write(line)): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const { passed, failed, skipped } = tally(modules, unhandledErrors);
      write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    },
  };
}

function tally(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): Record<'passed' | 'failed' | 'skipped', number> {
  const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) counts[wordFor(test.result().state)] += 1;
  }
  return counts;
}

/** A test that never got a result (its file or suite broke) was not run. */
function wordFor(state: 'passed' | 'failed' | 'skipped' | 'pending'): 'passed' | 'failed' | 'skipped' {
  return state === 'pending' ? 'skipped' : state;
}
