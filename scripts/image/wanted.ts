import { Missing } from '../setup/run.ts';

/** What `make image` was asked for. */
export interface Wanted {
  /** A name and tag. */
  readonly image: string;
  /** A base other than the Dockerfile's own; `debian` is one that is still to be made. */
  readonly base: string | undefined;
  /** Where the packages come from: the npm registry, or this clone as `make setup` left it. */
  readonly packages: 'registry' | 'clone';
  /** For example `linux/amd64,linux/arm64`; undefined: that of the daemon. */
  readonly platforms: string | undefined;
  readonly push: boolean;
}

const PACKAGES = ['registry', 'clone'] as const;

export function wanted(env: NodeJS.ProcessEnv, version: string): Wanted {
  const base = given(env, 'BASE');
  const platforms = given(env, 'PLATFORMS');
  if (base === 'debian' && platforms !== undefined) {
    throw new Missing("BASE=debian makes a base of this machine's architecture alone: leave PLATFORMS out, or name a BASE for all of them");
  }
  return {
    image: given(env, 'IMAGE') ?? `awoooi-operator:${version}`,
    base,
    packages: packagesFrom(given(env, 'PACKAGES') ?? (base === 'debian' ? 'clone' : 'registry')),
    platforms,
    push: given(env, 'PUSH') === '1',
  };
}

function packagesFrom(named: string): Wanted['packages'] {
  const known = PACKAGES.find(one => one === named);
  if (known === undefined) throw new Missing(`PACKAGES=${named} is neither of ${PACKAGES.join(', ')}`);
  return known;
}

/** make exports a variable that nobody set as an empty one. */
function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
