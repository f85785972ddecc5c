import { z } from 'zod';
import { withNeeded, withRules } from './rule.ts';
import { matches, patternedText, type Wording } from './text.ts';

const ObjectName = patternedText({
  pattern: /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
  maxLength: 253,
  sentence: "must be the name of a Kubernetes object: lower-case letters, digits, '-' and '.', such as api-token",
});

const SecretKey = patternedText({
  pattern: /^[-._a-zA-Z0-9]+$/,
  maxLength: 253,
  sentence: "must be a key of the Secret's data: letters, digits, '-', '_' and '.', such as token",
});

/** The name of an object in the namespace of the object that refers to it. */
export const LocalName = ObjectName;

/** A key of a Secret in the namespace of the object that names it. */
export const SecretKeyRef = withNeeded(
  z.object({
    name: ObjectName.describe('Name of the Secret. It lies in the namespace of this object.'),
    key: SecretKey.describe("Key of the Secret's data that holds the value. A trailing newline of the value is ignored."),
  }),
  {
    name: 'say which Secret: set name to that of a Secret in this namespace',
    key: 'say which value of the Secret: set key to a key of its data, such as token (kubectl describe secret shows them)',
  },
);
export type SecretKeyRef = z.infer<typeof SecretKeyRef>;

/** A whole Secret in the namespace of the object that names it. */
export const SecretRef = z.object({ name: ObjectName.describe('Name of the Secret. It lies in the namespace of this object.') });
export type SecretRef = z.infer<typeof SecretRef>;

const HOST = String.raw`([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?[.]?|\[[0-9A-Fa-f:.]+\])`;
const PORT = '(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?';
const ABSOLUTE = new RegExp(String.raw`^https?://${HOST}${PORT}([/?][^\s#]*)?$`);
const BASE = new RegExp(String.raw`^https?://${HOST}${PORT}(/[^\s?#]*)?$`);

/** URL parsers take a host whose last label is a number for an IPv4 address; Go's does not, and would let `http://1.2.3.4.5` through. */
const NUMBER_LAST = /^https?:\/\/([^/?:]*[.])?([0-9]+|0[Xx][0-9A-Fa-f]*)[.]?([:/?]|$)/;
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = new RegExp(String.raw`^https?://(${OCTET}[.]){3}${OCTET}[.]?([:/?]|$)`);
const IPV4_SENTENCE =
  'a host that ends in a number is an IPv4 address: write four numbers from 0 to 255, such as http://10.0.0.1:9093, or a name whose last part is no number';

/** RE2 cannot know that `http://[::g]` leads nowhere; the parsers of both sides can. */
function parsed({ pattern, sentence, maxLength }: Wording): z.ZodString {
  const text = patternedText({ pattern, maxLength, sentence });
  return withRules(text, [
    {
      cel: `!${matches('self', NUMBER_LAST)} || ${matches('self', IPV4)}`,
      message: IPV4_SENTENCE,
      holds: url => !NUMBER_LAST.test(url) || IPV4.test(url),
    },
    {
      cel: `!${matches('self', pattern)} || isURL(self)`,
      message: sentence,
      holds: url => !pattern.test(url) || NUMBER_LAST.test(url) || URL.canParse(url),
    },
  ]);
}

/** An absolute http or https URL, with or without a query. */
export const HttpUrl = parsed({
  pattern: ABSOLUTE,
  maxLength: 2048,
  sentence: 'must be an absolute http:// or https:// URL without credentials and fragment, such as https://example.com/hook?id=1',
});

/** An http or https URL that paths are appended to. */
export const BaseUrl = parsed({
  pattern: BASE,
  // CEL's budget is shared by 32 hops of 16 URLs each.
  maxLength: 512,
  sentence:
    'must be an absolute http:// or https:// URL without credentials, query and fragment, such as http://alertmanager.monitoring.svc:9093',
});

const BasicAuth = z.object({
  username: patternedText({ pattern: /^[^:\s]+$/, maxLength: 256, sentence: 'must be a user name without colons and spaces' }).describe(
    'User name.',
  ),
  password: SecretKeyRef.describe('Where the password is kept.'),
});

/** How we sign in at an HTTP endpoint: a bearer token, or a user name with a password. */
export const HttpAuth = withRules(
  z.object({
    bearerToken: SecretKeyRef.describe('Where the bearer token is kept, sent as `Authorization: Bearer …`.').optional(),
    basic: BasicAuth.describe('User name and password, sent as `Authorization: Basic …`.').optional(),
  }),
  [
    {
      cel: 'has(self.bearerToken) != has(self.basic)',
      message: 'auth takes exactly one of bearerToken and basic: give one, or leave auth out to send no credentials',
      holds: auth => (auth.bearerToken === undefined) !== (auth.basic === undefined),
    },
  ],
);
export type HttpAuth = z.infer<typeof HttpAuth>;
