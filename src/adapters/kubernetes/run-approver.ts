import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { REPAIR_PLAYBOOK, type RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { parseRepairPlaybook } from '../../crds/repairplaybook/parse.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { parseRepairRun } from '../../crds/repairrun/parse.ts';
import type { ApprovalEntry } from '../../crds/repairrun/spec.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { KnownRun, RepairRunName, RunApprover } from '../../domain/ports/run-approver.ts';
import { type KubeClient, KubeError } from '../../kube/client.ts';
import { collectionPath } from '../../kube/key.ts';
import { isConflict } from '../../kube/status.ts';
import { runPath } from './live-run.ts';
import { LOOK_EVERY_MS, persistently } from './persistently.ts';
import { isNotFound, portFailure } from './port-failure.ts';

const SelfReview = z.object({ status: z.object({ userInfo: z.object({ username: z.string().min(1) }) }) });

/** Decides about runs with the rights of whoever calls. */
export function kubernetesRunApprover(client: KubeClient, random: () => number): RunApprover {
  async function insisting<T>(doing: string, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    const tried = await persistently(attempt, { signal, random });
    if (tried.is === 'answered') return tried.value;
    throw tried.failure ?? new PortError('unreachable', `${doing}: no answer in time`, { detail: 'timed-out' });
  }
  const read = (run: RepairRunName, signal: AbortSignal) => insisting(`reading ${named(run)}`, signal, () => readRun(client, run, signal));

  return {
    whoAmI: signal => insisting('asking who we are', signal, () => whoAmI(client, signal)),
    async find(name, signal) {
      const run = await read(name, signal);
      if (!run) return undefined;
      const playbook = await insisting('reading its playbook', signal, () => playbookOf(client, run, signal));
      return { run, ...(playbook && { playbook }) };
    },
    enter: (run, entry, signal) => insisting(`deciding about ${named(run)}`, signal, () => entered(client, { run, entry }, signal)),
    async *follow(known, signal) {
      let shown: string | undefined;
      while (!signal.aborted) {
        const run = await read(known, signal);
        if (run?.metadata.uid !== known.uid) return;
        if (run.metadata.resourceVersion !== shown) yield run;
        shown = run.metadata.resourceVersion;
        await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

const named = ({ namespace, name }: RepairRunName): string => `RepairRun ${namespace}/${name}`;

async function whoAmI(client: KubeClient, signal: AbortSignal): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  try {
    return SelfReview.parse(await client.request({ method: 'POST', path, body, signal })).status.userInfo.username;
  } catch (err) {
    throw portFailure(err, 'asking the API server who we are');
  }
}

async function readRun(client: KubeClient, run: RepairRunName, signal: AbortSignal): Promise<RepairRun | undefined> {
  try {
    return runIn(await client.request({ method: 'GET', path: runPath(run), signal }), run);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw asPortError(err, `reading ${named(run)}`);
  }
}

function runIn(raw: unknown, run: RepairRunName): RepairRun {
  const parsed = parseRepairRun(raw);
  if (parsed.ok) return parsed.object;
  throw new PortError('malformed', `${named(run)} is not valid: ${parsed.problems.join('; ')}`);
}

/** Only to warn by: who may not read it decides without. */
async function playbookOf(client: KubeClient, { metadata, spec }: RepairRun, signal: AbortSignal): Promise<RepairPlaybook | undefined> {
  const path = `${collectionPath(REPAIR_PLAYBOOK, metadata.namespace)}/${encodeURIComponent(spec.playbookRef.name)}`;
  try {
    const parsed = parseRepairPlaybook(await client.request({ method: 'GET', path, signal }));
    return parsed.ok ? parsed.object : undefined;
  } catch (err) {
    if (isNotFound(err) || (err instanceof KubeError && err.status === 403)) return undefined;
    throw portFailure(err, `reading RepairPlaybook ${metadata.namespace}/${spec.playbookRef.name}`);
  }
}

interface Entering {
  readonly run: KnownRun;
  readonly entry: ApprovalEntry;
}

/** How often it is tried over changes by others: several may decide within the same second. */
const OVER_CHANGES = 20;

/** Only the own entry is touched, or the API server refuses: those of others are theirs alone. */
async function entered(client: KubeClient, { run, entry }: Entering, signal: AbortSignal): Promise<RepairRun | undefined> {
  for (let tries = 0; tries < OVER_CHANGES; tries += 1) {
    const live = await readRun(client, run, signal);
    if (live?.metadata.uid !== run.uid) return undefined;
    const written = await patched(client, live, { entry, signal });
    if (written !== 'changed') return written;
  }
  throw new PortError('unavailable', `${named(run)} changes all the time; try again`);
}

async function patched(
  client: KubeClient,
  { metadata, spec }: RepairRun,
  { entry, signal }: { readonly entry: ApprovalEntry; readonly signal: AbortSignal },
): Promise<RepairRun | 'changed' | undefined> {
  const own = spec.approvals.findIndex(({ by }) => by === entry.by);
  const place =
    own < 0 ? { op: 'add', path: '/spec/approvals/-', value: entry } : { op: 'replace', path: `/spec/approvals/${own}`, value: entry };
  const body = [{ op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion }, place];
  try {
    const asked = { method: 'PATCH', path: runPath(metadata), patchType: 'application/json-patch+json', body, signal } as const;
    return runIn(await client.request(asked), metadata);
  } catch (err) {
    if (isConflict(err)) return 'changed';
    if (isNotFound(err)) return undefined;
    throw asPortError(err, `deciding about ${named(metadata)}`);
  }
}

function asPortError(err: unknown, doing: string): PortError {
  return err instanceof PortError ? err : portFailure(err, doing);
}
