import type { Receiver } from './schema.ts';

/** Where a receiver leads besides this operator, as a host or the name of the other notifier; undefined when everything leads here. */
export function leadsElsewhere(receiver: Receiver, publicUrl: string): string | undefined {
  const webhooks = receiver.webhook_configs;
  if (webhooks.length === 0) return '';
  // A test through a channel that also writes to people would write to people.
  const others = Object.entries(receiver).filter(([key, value]) => isOtherNotifier(key, value));
  if (others[0]) return others[0][0];
  const foreign = webhooks.find(({ url }) => !isUnder(url, publicUrl));
  return foreign && hostOf(foreign.url);
}

function isOtherNotifier(key: string, value: unknown): boolean {
  return key.endsWith('_configs') && key !== 'webhook_configs' && Array.isArray(value) && value.length > 0;
}

/** True when the URL has the base's origin, and its path is the base's or below it. */
function isUnder(url: string, base: string): boolean {
  // Readers of URLs do not agree on what these mean, and SigNoz is another reader than we; `{{` it expands before it reads.
  if (/[\\\s\p{Cc}]|\{\{/u.test(url)) return false;
  const given = URL.parse(url);
  const ours = URL.parse(base);
  if (!given || !ours || given.origin !== ours.origin || given.origin === 'null') return false;
  const prefix = ours.pathname.endsWith('/') ? ours.pathname : `${ours.pathname}/`;
  return `${given.pathname}/`.startsWith(prefix);
}

/** Never the whole URL: its path or userinfo may be a credential. */
function hostOf(url: string): string {
  return URL.parse(url)?.host || 'a URL that cannot be read';
}
