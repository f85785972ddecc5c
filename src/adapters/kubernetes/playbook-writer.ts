import { REPAIR_PLAYBOOK } from '../../crds/repairplaybook/kind.ts';
import type { PlaybookName } from '../../domain/ports/learning-repository.ts';
import type { LearnedObject, PlaybookWriter, PlaybookWritten } from '../../domain/ports/playbook-writer.ts';
import { canonicalJson } from '../../domain/rule/canonical-json.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isRawObject, isRecord, type RawObject } from '../../kube/object.ts';
import { heldPart, holds, ownershipOf } from './owned-fields.ts';
import { playbookPath } from './playbook-path.ts';
import { isForbidden, isNotFound, portFailure } from './port-failure.ts';

export const LEARNING_MANAGER = 'awoooi-learning';
const LEARN_AGAIN = 'awoooi.io/learn-again';

/** What is renewed of a playbook that is there. What it does, and how far it may go, was for people to read once: it stays. */
const TEXTS = ['rootCause', 'description', 'evidence'] as const;
const TRIES = 3;

/** Server-side apply as a manager of its own, never forced: whoever else holds a field keeps it. */
export function kubernetesPlaybookWriter(client: KubeClient): PlaybookWriter {
  return {
    async write(playbook, signal) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await written(client, playbook, signal);
        } catch (err) {
          // Somebody wrote between our look and our write: what they wrote is looked at.
          if (err instanceof PortError && err.statusCode === 409 && tries < TRIES) continue;
          throw err;
        }
      }
    },
    async mayLearnAgain({ namespace, name }, signal) {
      try {
        const raw = await client.request({ method: 'GET', path: `/api/v1/namespaces/${encodeURIComponent(namespace)}`, signal });
        const annotations = isRawObject(raw) ? raw.metadata['annotations'] : undefined;
        const named = isRecord(annotations) ? annotations[LEARN_AGAIN] : undefined;
        return typeof named === 'string' && named.split(/[\s,]+/).includes(name);
      } catch (err) {
        // Where config/repair was not applied, it may not be read: new evidence alone brings the playbook back.
        if (isNotFound(err) || isForbidden(err)) return false;
        throw portFailure(err, `reading the annotations of namespace ${namespace}`);
      }
    },
  };
}

async function written(client: KubeClient, playbook: LearnedObject, signal: AbortSignal): Promise<PlaybookWritten> {
  const live = await found(client, playbook, signal);
  if (!live) {
    const { annotations, spec } = playbook;
    await applied(client, { playbook, metadata: { annotations }, spec }, signal);
    return 'created';
  }
  const spec = isRecord(live['spec']) ? live['spec'] : {};
  if (spec['source'] !== 'auto_learning') return 'manual';
  const renewed = renewal(live, spec, playbook);
  if (!renewed) return 'unchanged';
  await applied(client, { playbook, ...renewed }, signal);
  return 'updated';
}

/**
 * All that we hold, as it stands, but for the texts that are ours alone: a field of ours that was left out of an apply would be removed, and a
 * mode that is removed becomes the default, which goes further. Undefined where nothing would change.
 */
function renewal(live: RawObject, spec: Readonly<Record<string, unknown>>, { spec: wanted }: LearnedObject) {
  const { ours, others } = ownershipOf(live.metadata['managedFields'], LEARNING_MANAGER);
  const held = heldPart(live, ours);
  if (!isRecord(held) || !isRecord(held['spec'])) return undefined;
  const isOurs = (name: string): boolean => holds(ours, ['spec', name]) && !others.some(other => holds(other, ['spec', name]));
  const texts = TEXTS.filter(name => isOurs(name) && canonicalJson(wanted[name]) !== canonicalJson(spec[name]));
  if (texts.length === 0) return undefined;
  return {
    metadata: { ...(isRecord(held['metadata']) ? held['metadata'] : {}), resourceVersion: live.metadata.resourceVersion },
    spec: { ...held['spec'], ...Object.fromEntries(texts.map(name => [name, wanted[name]])) },
  };
}

async function found(client: KubeClient, of: PlaybookName, signal: AbortSignal): Promise<RawObject | undefined> {
  try {
    const raw = await client.request({ method: 'GET', path: playbookPath(of), signal });
    if (isRawObject(raw)) return raw;
    throw new PortError('malformed', `reading ${nameOf(of)}: the answer is no object`);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err instanceof PortError ? err : portFailure(err, `reading ${nameOf(of)}`);
  }
}

interface Applying {
  readonly playbook: PlaybookName;
  readonly metadata: object;
  readonly spec: object;
}

async function applied(client: KubeClient, { playbook, metadata, spec }: Applying, signal: AbortSignal): Promise<void> {
  const { group, version, kind } = REPAIR_PLAYBOOK;
  const { namespace, name } = playbook;
  const body = { apiVersion: `${group}/${version}`, kind, metadata: { ...metadata, name, namespace }, spec };
  const query = { fieldManager: LEARNING_MANAGER };
  try {
    await client.request({ method: 'PATCH', path: playbookPath(playbook), query, patchType: 'application/apply-patch+yaml', body, signal });
  } catch (err) {
    throw portFailure(err, `writing ${nameOf(playbook)}`);
  }
}

const nameOf = ({ namespace, name }: PlaybookName): string => `RepairPlaybook ${namespace}/${name}`;
