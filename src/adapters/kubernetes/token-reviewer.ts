import { z } from 'zod';
import type { ApiAccess, ObjectAccess, TokenReviewer } from '../../domain/ports/token-reviewer.ts';
import type { KubeClient } from '../../kube/client.ts';
import { portFailure } from './port-failure.ts';

/** Of a token that nobody knows the API server answers with an empty one. */
const User = z.object({
  username: z.string().default(''),
  uid: z.string().optional(),
  groups: z.array(z.string()).optional(),
  /** Some clusters let it narrow what a token may do. */
  extra: z.record(z.string(), z.array(z.string())).optional(),
});
const TokenReview = z.object({
  status: z.object({ authenticated: z.boolean().default(false), user: User.optional() }),
});
const AccessReview = z.object({ status: z.object({ allowed: z.boolean() }) });

/** TokenReview (authentication.k8s.io/v1), then SubjectAccessReview (authorization.k8s.io/v1) on the path as a nonResourceURL, or on the object. */
export function kubernetesTokenReviewer(client: KubeClient): TokenReviewer {
  const create = async (group: string, resource: string, review: { body: object; signal: AbortSignal }): Promise<unknown> => {
    try {
      return await client.request({ method: 'POST', path: `/apis/${group}/v1/${resource}`, ...review });
    } catch (err) {
      throw portFailure(err, `asking for a ${resource.slice(0, -1)}`);
    }
  };
  return {
    async review(token, access, signal) {
      const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
      const { status } = TokenReview.parse(await create('authentication.k8s.io', 'tokenreviews', { body: asked, signal }));
      if (!status.authenticated || !status.user) return { is: 'unknown' };
      const { username, ...identity } = status.user;
      const spec = { user: username, ...identity, ...attributesOf(access) };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
      const answer = AccessReview.parse(await create('authorization.k8s.io', 'subjectaccessreviews', { body, signal }));
      return { is: answer.status.allowed ? 'allowed' : 'forbidden', username };
    },
  };
}

function attributesOf(access: ApiAccess | ObjectAccess): object {
  return 'path' in access ? { nonResourceAttributes: access } : { resourceAttributes: access };
}
