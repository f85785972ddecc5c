import { REPAIR_PLAYBOOK } from '../../crds/repairplaybook/kind.ts';
import type { PlaybookName } from '../../domain/ports/learning-repository.ts';
import { collectionPath } from '../../kube/key.ts';

export function playbookPath({ namespace, name }: PlaybookName): string {
  return `${collectionPath(REPAIR_PLAYBOOK, namespace)}/${encodeURIComponent(name)}`;
}
