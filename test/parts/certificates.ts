import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of test/fixtures/tls: PEM, for `localhost`, `target.example` and 127.0.0.1. */
export function pem(name: 'ca' | 'other-ca' | 'server'): string {
  return read(`${name}.pem`);
}

/** What a stand-in needs to speak TLS with the certificate that `pem('ca')` signed. */
export function serverTls(): { key: string; cert: string } {
  return { key: read('server.key'), cert: pem('server') };
}

function read(file: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/tls', file), 'utf8');
}
