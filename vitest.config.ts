import { defineConfig } from 'vitest/config';
import { closingLine } from './scripts/closing-line.ts';

// An hour, not seconds: only `make soak` names these.
const soak = process.env['SOAK'] === '1' ? [] : ['test/soak/**'];

// Each file of the first two in a process of its own. They run in the order of these names: what waits longest first, so that no worker is
// left alone with it at the end, and the hundreds of short ones fill what remains.
const PROJECTS = [
  { name: 'e2e', include: ['test/e2e/**/*.test.ts'] },
  {
    name: 'parts',
    include: ['test/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'demo/**/*.test.ts', 'src/**/*.cluster.test.ts'],
    exclude: ['test/e2e/**'],
  },
  // No room of src/ keeps state in its modules, so these share the processes: a start costs more than most of them.
  { name: 'units', include: ['src/**/*.test.ts'], exclude: ['src/**/*.cluster.test.ts'], isolate: false },
];

export default defineConfig({
  test: {
    projects: PROJECTS.map(test => ({ extends: true as const, test })),
    exclude: ['node_modules/**', 'dist/**', ...soak],
    globalSetup: ['test/parts/vitest-setup.ts'],
    reporters: ['default', closingLine()],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores and a real control plane per worker: with more of them what waits a few seconds for something waits in vain now and then.
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
});
