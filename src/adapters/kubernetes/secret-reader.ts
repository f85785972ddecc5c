import { z } from 'zod';
import type { SecretReader, SecretValue, WholeSecretReader } from '../../domain/ports/secret-reader.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound, portFailure } from './port-failure.ts';

const Secret = z.object({ data: z.record(z.string(), z.base64()).default({}) });
type Data = z.infer<typeof Secret>['data'];

/** Reads Secrets live, so that a rotated credential counts from the next run on. */
export function kubernetesSecretReader(client: KubeClient): SecretReader & WholeSecretReader {
  /** Undefined where there is no such Secret. */
  async function dataOf(namespace: string, name: string, signal: AbortSignal): Promise<Data | undefined> {
    try {
      const raw = await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/secrets/${name}`, signal });
      return Secret.parse(raw).data;
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw portFailure(err, `reading Secret ${namespace}/${name}`);
    }
  }

  return {
    async read(namespace, { name, key }, signal) {
      return valueOf(await dataOf(namespace, name, signal), { namespace, name, key });
    },
    async snapshot(namespace, name, signal) {
      const data = await dataOf(namespace, name, signal);
      return key => valueOf(data, { namespace, name, key });
    },
  };
}

function valueOf(data: Data | undefined, at: { namespace: string; name: string; key: string }): SecretValue {
  if (data === undefined) {
    const message = `Secret ${at.name} does not exist in namespace ${at.namespace}: create it, or name another one.`;
    return { is: 'missing', what: 'SecretNotFound', message };
  }
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
