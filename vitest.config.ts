import { defineConfig } from 'vitest/config';
import { closingLine } from './scripts/closing-line.ts';

// An hour, not seconds: only `make soak` names these.
const soak = process.env['SOAK'] === '1' ? [] : ['test/soak/**'];

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'demo/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', ...soak],
    globalSetup: ['test/parts/vitest-setup.ts'],
    reporters: ['default', closingLine()],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores and a real control plane per worker: more workers only make the slow parts slower.
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
});
