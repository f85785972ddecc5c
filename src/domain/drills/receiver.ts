/** The receiver's name as configured: Alertmanager sends it regexp-quoted (`awoooi\.default`, notify/webhook: regexp.QuoteMeta). */
export function unquoteReceiver(receiver: string): string {
  return !receiver.includes('\\') ? receiver : receiver.replace(/\\([\\.+*?()|[\]{}^$])/g, '$1');
}

/** As Alertmanager quotes it (Go's regexp.QuoteMeta): also what its API takes for exactly this receiver. */
export function quotedReceiver(receiver: string): string {
  return receiver.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
