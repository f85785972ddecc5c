import { plain } from './output/columns.ts';

/** What is wrong where SigNoz has not all of these channels, as the operator says it too; undefined where it has them. */
export function missingChannels(channels: readonly string[], known: readonly string[]): string | undefined {
  const missing = channels.filter(name => !known.includes(name));
  if (missing.length === 0) return undefined;
  return `ChannelNotFound: SigNoz has no channel ${shown(missing)}: ${known.length > 0 ? `there are ${shown(known)}` : 'there is none'}`;
}

const shown = (names: readonly string[]): string => names.map(name => plain(name)).join(', ');
