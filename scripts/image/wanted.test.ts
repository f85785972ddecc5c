import { expect, it } from 'vitest';
import { wanted } from './wanted.ts';

it('builds on the base of the Dockerfile with packages of the registry when nothing is said', () => {
  expect(wanted({ BASE: '', IMAGE: '', PLATFORMS: '', PACKAGES: '', PUSH: '' }, '1.2.3')).toEqual({
    image: 'awoooi-operator:1.2.3',
    base: undefined,
    packages: 'registry',
    platforms: undefined,
    push: false,
  });
});

it('takes the packages of the clone on a base of Debian packages, which has no npm', () => {
  expect(wanted({ BASE: 'debian' }, '1.2.3')).toMatchObject({ base: 'debian', packages: 'clone' });
});

it.each([
  [{ BASE: 'debian', PLATFORMS: 'linux/amd64,linux/arm64' }, /leave PLATFORMS out/],
  [{ PUSH: '1' }, /PUSH=1 pushes an image of several architectures: name them/],
  [{ PUSH: 'yes', PLATFORMS: 'linux/amd64' }, /PUSH=yes is not known/],
  [{ PACKAGES: 'disk' }, /PACKAGES=disk is neither of registry, clone/],
])('refuses %j', (env, sentence) => {
  expect(() => wanted(env, '1.2.3')).toThrow(sentence);
});
