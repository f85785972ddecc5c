import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Event = z.object({
  verb: z.string(),
  requestURI: z.string(),
  objectRef: z
    .object({
      apiGroup: z.string().default(''),
      resource: z.string().default(''),
      subresource: z.string().default(''),
      namespace: z.string().default(''),
      name: z.string().default(''),
    })
    .optional(),
  annotations: z
    .object({ 'authorization.k8s.io/decision': z.string().default(''), 'authorization.k8s.io/reason': z.string().default('') })
    .optional(),
});

/** One request of the audited user: what it was for, and which binding of RBAC let it through, or that none did. */
export interface AuditedRequest {
  readonly verb: string;
  readonly uri: string;
  readonly apiGroup: string;
  /** With its subresource: `repairruns/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly allowed: boolean;
  /** In the words of the API server: `RBAC: allowed by RoleBinding "…" of Role "…" to ServiceAccount "…"`. */
  readonly reason: string;
}

const LOG = 'audit.log';

/** Flags with which kube-apiserver writes down, in its folder, who asked what as this user. */
export function auditFlags(folder: string, user: string): string[] {
  const rules = [{ level: 'Metadata', users: [user], omitStages: ['RequestReceived'] }, { level: 'None' }];
  const policy = join(folder, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${join(folder, LOG)}`, '--audit-log-mode=blocking'];
}

export function auditedRequests(folder: string): readonly AuditedRequest[] {
  const path = join(folder, LOG);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => request(Event.parse(JSON.parse(line))));
}

function request({ verb, requestURI: uri, objectRef, annotations }: z.infer<typeof Event>): AuditedRequest {
  const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef ?? {};
  return {
    verb,
    uri,
    apiGroup,
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    allowed: annotations?.['authorization.k8s.io/decision'] === 'allow',
    reason: annotations?.['authorization.k8s.io/reason'] ?? '',
  };
}
