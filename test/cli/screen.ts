/** What a command writes to, kept to be read. */
export function screen({ isTTY = false }: { readonly isTTY?: boolean } = {}) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => void written.push(text), text: () => written.join('') };
}
