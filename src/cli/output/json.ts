import { runPassed } from '../../domain/chain/hop-result.ts';
import { allPassed, type ProbeReport, type Render } from './run-report.ts';

/**
 * For machines: `{passed, probes: [{namespace, name, passed, startedAt, finishedAt, hops: [...]}]}`; hops as in the status of the object,
 * with latency in milliseconds.
 */
export const json: Render = reports => `${JSON.stringify({ passed: allPassed(reports), probes: reports.map(probe) }, undefined, 2)}\n`;

function probe({ namespace, name, run }: ProbeReport) {
  return {
    namespace,
    name,
    passed: runPassed(run),
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    hops: run.hops.map(({ name, type, result, cause, message, latencyMs, statusCode }) => ({
      name,
      type,
      result,
      cause,
      message,
      latencyMs: latencyMs === undefined ? undefined : Math.round(latencyMs * 1000) / 1000,
      statusCode,
    })),
  };
}
