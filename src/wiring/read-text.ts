import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

/** The text of a file, or of standard input for `-`. Throws for one that is no UTF-8: its letters would be lost without a word. */
export async function readText(path: string): Promise<string> {
  const bytes = path === '-' ? await buffer(process.stdin) : await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const whole = new TextDecoder().decode(bytes);
    const line = whole.slice(0, whole.indexOf('\ufffd')).split('\n').length;
    throw new Error(`line ${line} is no UTF-8: save the file in that encoding`);
  }
}
