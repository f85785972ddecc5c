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
  const [base, platforms] = [given(env, 'BASE'), given(env, 'PLATFORMS')];
  if (base === 'debian' && platforms !== undefined) {
    throw new Missing("BASE=debian makes a base of this machine's architecture alone: leave PLATFORMS out, or name a BASE for all of them");
  }
  return {
    image: given(env, 'IMAGE') ?? `awoooi-operator:${version}`,
    base,
    packages: packagesFrom(given(env, 'PACKAGES') ?? (base === 'debian' ? 'clone' : 'registry')),
    platforms,
    push: isPushed(env, platforms),
  };
}

/** What would be passed over in silence is refused: nobody looks for an image that was to be pushed. */
function isPushed(env: NodeJS.ProcessEnv, platforms: string | undefined): boolean {
  const push = given(env, 'PUSH');
  if (push === undefined) return false;
  if (push !== '1') throw new Missing(`PUSH=${push} is not known: PUSH=1 pushes, and without it nothing is pushed`);
  if (platforms !== undefined) return true;
  throw new Missing('PUSH=1 pushes an image of several architectures: name them, for example PLATFORMS=linux/amd64,linux/arm64');
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
