import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { ProbeName, ProbeTrigger } from '../domain/ports/probe-trigger.ts';
import { type CliDeps, EXIT } from './deps.ts';

export interface TriggerOptions {
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/** Longer than any single call to the API server takes. */
const ASK_WITHIN_MS = 30_000;

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
    deps.stderr.write(`${name}: ${err.message}\n`);
    return EXIT.failed;
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
  const isThere = await trigger.setRunToken(probe, token, AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]));
  if (!isThere) return wrong(`there is no AlertChainProbe ${name}`, deps);
  if (!options.wait) {
    stdout.write(`${name}: asked for a run by runToken ${token}\n`);
    return EXIT.passed;
  }
  if (stderr.isTTY) stderr.write(`${name}: asked for a run by runToken ${token}; waiting for it to end\n`);
  const ended = await trigger.waitFor(probe, token, AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]));
  if (ended.is === 'gone') return wrong(`AlertChainProbe ${name} was deleted meanwhile`, deps);
  if (ended.is === 'ended') return verdict(ended.probe, deps);
  stderr.write(`${name}: no run with runToken ${token} ended within ${options.timeoutMs / 1000} s; is the operator running?\n`);
  return EXIT.failed;
}

function verdict({ metadata, status }: AlertChainProbe, { stdout }: CliDeps): number {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  const why = ready ? `${ready.reason}: ${ready.message}` : 'it has no condition Ready';
  stdout.write(`${metadata.namespace}/${metadata.name}: ${isReady ? 'Ready' : 'not Ready'}, ${why}\n`);
  return isReady ? EXIT.passed : EXIT.failed;
}

function wrong(problem: string, { stderr }: CliDeps): number {
  stderr.write(`${problem}\n`);
  return EXIT.wrongInput;
}
