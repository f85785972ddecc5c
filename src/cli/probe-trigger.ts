import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Awaited, ProbeName, ProbeTrigger } from '../domain/ports/probe-trigger.ts';
import { type CliDeps, EXIT } from './deps.ts';

export interface TriggerOptions {
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/** Longer than any single call to the API server takes. */
const ASK_WITHIN_MS = 30_000;

const SUSPENDED = 'the probe is suspended, so no run comes; set spec.suspend to false';

/** Asks the operator for a run. 0 when it was asked for or, with `wait`, Ready after it; 1 when not; 2 when there is no such probe. */
export async function probeTrigger(name: string, options: TriggerOptions, deps: CliDeps): Promise<number> {
  const probe = probeName(name);
  if (!probe) return wrong(`"${name}" names no probe: give NAMESPACE/NAME, such as monitoring/production`, deps);
  const opened = await deps.openTrigger();
  if (!opened.ok) return wrong(opened.problems.join('\n'), deps);
  try {
    return await triggered(opened.value.trigger, { probe, options, deps });
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return failed(`${name}: ${err.message}`, deps);
  } finally {
    await opened.value.close();
  }
}

function probeName(text: string): ProbeName | undefined {
  const [namespace = '', name = '', ...rest] = text.split('/');
  return namespace === '' || name === '' || rest.length > 0 ? undefined : { namespace, name };
}

interface Triggering {
  readonly probe: ProbeName;
  readonly options: TriggerOptions;
  readonly deps: CliDeps;
}

async function triggered(trigger: ProbeTrigger, { probe, options, deps }: Triggering): Promise<number> {
  const { stdout, stderr, signal } = deps;
  const token = deps.newRunToken();
  const name = `${probe.namespace}/${probe.name}`;
  const asked = await trigger.setRunToken(probe, token, AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]));
  if (!asked) return wrong(`there is no AlertChainProbe ${name}`, deps);
  if (!options.wait) {
    const when = asked.suspended ? '; the probe is suspended, so it comes when spec.suspend is false again' : '';
    stdout.write(`${name}: asked for a run by runToken ${token}${when}\n`);
    return EXIT.passed;
  }
  if (asked.suspended) return failed(`${name}: ${SUSPENDED}`, deps);
  if (stderr.isTTY) stderr.write(`${name}: asked for a run by runToken ${token}; waiting for it to end\n`);
  const awaited = await trigger.waitFor(probe, asked, AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]));
  return told(awaited, { probe, options, deps });
}

function told(awaited: Awaited, { probe, options, deps }: Triggering): number {
  const name = `${probe.namespace}/${probe.name}`;
  switch (awaited.is) {
    case 'ended':
      return verdict(awaited.probe, deps);
    case 'gone':
      return wrong(`AlertChainProbe ${name} was deleted meanwhile`, deps);
    case 'suspended':
      return failed(`${name}: ${SUSPENDED}`, deps);
    case 'pending': {
      const why = awaited.failure?.message ?? 'is the operator running?';
      return failed(`${name}: the run that was asked for did not end within ${options.timeoutMs / 1000} s; ${why}`, deps);
    }
  }
}

function verdict({ metadata, status }: AlertChainProbe, { stdout }: CliDeps): number {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  const why = ready ? `${ready.reason}: ${ready.message}` : 'it has no condition Ready';
  stdout.write(`${metadata.namespace}/${metadata.name}: ${isReady ? 'Ready' : 'not Ready'}, ${why}\n`);
  return isReady ? EXIT.passed : EXIT.failed;
}

function failed(problem: string, { stderr }: CliDeps): number {
  stderr.write(`${problem}\n`);
  return EXIT.failed;
}

function wrong(problem: string, { stderr }: CliDeps): number {
  stderr.write(`${problem}\n`);
  return EXIT.wrongInput;
}
