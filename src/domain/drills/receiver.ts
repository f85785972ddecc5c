/** The receiver's name as configured: Alertmanager sends it regexp-quoted (`awoooi\.default`, notify/webhook: regexp.QuoteMeta). */
export function unquoteReceiver(receiver: string): string {
  return receiver.replace(/\\([\\.+*?()|[\]{}^$])/g, '$1');
}
