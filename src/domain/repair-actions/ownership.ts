import type { GitOpsTerms } from '../../crds/repairplaybook/terms.ts';
import { type Fields, textAt } from '../text/json-fields.ts';
import { annotation, controllerOf, label, metadataOf, nameOf, recordsAt } from './kube-fields.ts';
import { type Refusal, refused } from './plan.ts';

/** Whether the object may be changed. `note` is for the summary: what will become of the change. */
export type MayChange = Refusal | { readonly is: 'free'; readonly note: string };

/** Of what belongs to somebody who would put it back: a change of it is undone within minutes, or fights its owner. */
export function mayChange({
  kind,
  object,
  gitOps,
}: {
  readonly kind: string;
  readonly object: Fields;
  readonly gitOps: GitOpsTerms;
}): MayChange {
  const what = `${kind} ${nameOf(object)}`;
  const maker = controllerOf(object);
  // No terms allow it: an operator may hold it far more tightly than Git, and nobody has said that it only reverts.
  if (maker) return refused(`${what} is made by ${maker.kind} ${maker.name}, which would put it back: change that instead`);
  const owner = gitOpsOwner(kind, object);
  if (owner === undefined) return { is: 'free', note: '' };
  if (gitOps === 'AllowRevert') return { is: 'free', note: `. It belongs to ${owner}, which will revert this` };
  return refused(
    `${what} belongs to ${owner}: change it in Git, or set spec.gitOps to AllowRevert in the playbook if a change that will be reverted is of use`,
  );
}

/** By what Argo CD and Flux themselves know their objects; `app.kubernetes.io/managed-by` is Helm's and others', and names no owner. */
function gitOpsOwner(kind: string, object: Fields): string | undefined {
  const argo = argoApplication(kind, object);
  if (argo !== undefined) return `the Application ${argo} of Argo CD`;
  for (const [toolkit, owner] of FLUX) {
    const name = label(object, `${toolkit}.toolkit.fluxcd.io/name`);
    const namespace = label(object, `${toolkit}.toolkit.fluxcd.io/namespace`);
    if (name !== undefined) return `the ${owner} ${namespace === undefined ? '' : `${namespace}/`}${name} of Flux`;
  }
  return undefined;
}

const FLUX = [
  ['kustomize', 'Kustomization'],
  ['helm', 'HelmRelease'],
] as const;

const ARGO_MANAGERS: readonly (string | undefined)[] = ['argocd-controller', 'argocd-application-controller'];

function argoApplication(kind: string, object: Fields): string | undefined {
  const tracked = trackedBy(kind, object) ?? label(object, 'argocd.argoproj.io/instance');
  if (tracked !== undefined) return tracked;
  // Up to version 2 Argo CD tracks by this label, which Helm charts set too: it counts where Argo CD has written the object.
  const written = recordsAt(metadataOf(object), 'managedFields').some(entry => ARGO_MANAGERS.includes(textAt(entry, 'manager')));
  return written ? (label(object, 'app.kubernetes.io/instance') ?? '(unknown)') : undefined;
}

/** `app:group/Kind:namespace/name`. One that names another object was copied from there, and Argo CD passes over it too. */
function trackedBy(kind: string, object: Fields): string | undefined {
  const [application, groupKind = '', place = ''] = (annotation(object, 'argocd.argoproj.io/tracking-id') ?? '').split(':');
  const own = groupKind.endsWith(`/${kind}`) && place === `${textAt(metadataOf(object), 'namespace')}/${nameOf(object)}`;
  return own && application !== '' ? application : undefined;
}
