import type { SecretKeyRef } from '../../crds/reference.ts';
import type { SecretReader, SecretValue } from '../../domain/ports/secret-reader.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variable that stands for a Secret's key where there is no cluster: `SECRET_<NAME>_<KEY>` in capitals, with `_` for every
 * character that is neither letter nor digit. Key `clientSecret` of Secret `sentry-app` is `SECRET_SENTRY_APP_CLIENTSECRET`.
 */
export function secretVariable({ name, key }: SecretKeyRef): string {
  return `${prefixOf(name)}${shouted(key)}`;
}

/** Reads Secrets from environment variables; namespaces make no difference there. */
export function environmentSecrets(env: Environment): SecretReader {
  return {
    read: (_namespace, ref) => Promise.resolve(secretFrom(env, ref)),
  };
}

function secretFrom(env: Environment, ref: SecretKeyRef): SecretValue {
  const variable = secretVariable(ref);
  const stored = env[variable];
  const subject = `key ${ref.key} of Secret ${ref.name}`;
  if (stored === undefined) {
    const known = Object.keys(env).some(name => name.startsWith(prefixOf(ref.name)));
    const what = known ? 'SecretKeyNotFound' : 'SecretNotFound';
    return { is: 'missing', what, message: `Set ${variable}: without a cluster it stands for ${subject}.` };
  }
  const value = stored.replace(/[\r\n]+$/, '');
  if (value === '') return { is: 'missing', what: 'SecretEmpty', message: `${variable} is empty; it stands for ${subject}.` };
  return { is: 'found', value };
}

function prefixOf(name: string): string {
  return `SECRET_${shouted(name)}_`;
}

function shouted(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}
