/** What of a URL behind its host may be a key: addresses of notification services often carry theirs in the path or query. */
export function urlKeys(url: string): readonly string[] {
  const { pathname = '', searchParams } = URL.parse(url) ?? {};
  return [...pathname.split('/'), ...(searchParams?.values() ?? [])];
}
