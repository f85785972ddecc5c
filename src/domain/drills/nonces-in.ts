const TOKEN = /(?<![A-Za-z0-9])[a-z0-9]{26}(?![A-Za-z0-9])/g;

/** Everything in a text that could be a nonce, each once, at most `limit` of them. Whether one is live only the registry knows. */
export function noncesIn(text: string, limit = 32): string[] {
  const seen = new Set<string>();
  for (const [token] of text.matchAll(TOKEN)) {
    if (seen.size >= limit) break;
    seen.add(token);
  }
  return [...seen];
}
