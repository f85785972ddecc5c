import { z } from 'zod';
import type { SecretReader, SecretValue } from '../../domain/ports/secret-reader.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound, portFailure } from './port-failure.ts';

const Secret = z.object({ data: z.record(z.string(), z.base64()).default({}) });

/** Reads Secrets live, so that a rotated credential counts from the next run on. */
export function kubernetesSecretReader(client: KubeClient): SecretReader {
  return {
    async read(namespace, { name, key }, signal) {
      try {
        const raw = await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/secrets/${name}`, signal });
        return valueOf(Secret.parse(raw).data, { namespace, name, key });
      } catch (err) {
        if (!isNotFound(err)) throw portFailure(err, `reading Secret ${namespace}/${name}`);
        const message = `Secret ${name} does not exist in namespace ${namespace}: create it, or name another one.`;
        return { is: 'missing', what: 'SecretNotFound', message };
      }
    },
  };
}

function valueOf(data: Readonly<Record<string, string>>, at: { namespace: string; name: string; key: string }): SecretValue {
  const where = `Secret ${at.name} in namespace ${at.namespace}`;
  // A key may be called like something that every object has.
  const encoded = Object.hasOwn(data, at.key) ? data[at.key] : undefined;
  if (encoded === undefined) {
    const keys = Object.keys(data).toSorted().join(', ') || 'none';
    const message = `${where} has no key ${at.key} (it has: ${keys}): add the key, or name another one.`;
    return { is: 'missing', what: 'SecretKeyNotFound', message };
  }
  // `echo secret | base64` leaves a newline that no server wants.
  const value = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .replace(/[\r\n]+$/, '');
  if (value === '') return { is: 'missing', what: 'SecretEmpty', message: `Key ${at.key} of ${where} is empty: put the credential in it.` };
  return { is: 'found', value };
}
