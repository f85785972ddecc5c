import type { CliDeps, SurveySession } from '../deps.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Draft } from './draft.ts';
import { collectObjects } from './objects.ts';
import { collectOperator, collectVersions } from './operator.ts';
import { collectApi, collectOutside, type OutsideFlags } from './outside.ts';
import { collectPods } from './pods.ts';
import type { Scope, Surveying } from './survey.ts';

export interface Collecting {
  readonly draft: Draft;
  readonly session: SurveySession;
  readonly deps: CliDeps;
  readonly scope: Scope;
  readonly outside: OutsideFlags;
}

/** Everything that can be had; logs come last, so that they get the room that is left. */
export async function collect({ draft, session, deps, scope, outside }: Collecting): Promise<void> {
  const surveying = { draft, survey: session.survey, scope };
  const server = await draft.attempt('versions: API server', signal => serverVersion(surveying, signal));
  const reached = server !== undefined;
  await collectOutside(draft, session, outside);
  await collectApi(draft, session, deps);
  if (!reached) return;
  await collectVersions(surveying, { awoooi: deps.version, node: process.version, platform: process.platform, kubernetes: server });
  await collectObjects(surveying);
  const pods = await collectOperator(surveying, session.variables);
  await collectPods(surveying, pods);
}

/** One that does not say its version may well say the rest. One that gives no answer gives none to all the other questions either. */
async function serverVersion({ survey }: Surveying, signal: AbortSignal): Promise<unknown> {
  try {
    return (await survey.version(signal)) ?? {};
  } catch (err) {
    if (err instanceof PortError && err.fault === 'forbidden') return 'you may not ask for it';
    throw err;
  }
}
