import type { AlertIntake } from '../../domain/ports/alert-intake.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';

/** All alerts of one request or none, as one script is: a sender that gets no 2xx sends them all again. Never trimmed. */
const APPEND = `
for _, alert in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'alert', alert) end
return #ARGV`;

/** Received alerts in one stream, for the incident intake to consume. */
export function redisAlertIntake(commands: RedisCommands): AlertIntake {
  return {
    async append(alerts, signal) {
      if (alerts.length === 0) return;
      const entries = alerts.map(alert => JSON.stringify(alert));
      await ask('take alerts', signal, () => commands.eval(APPEND, 1, KEYS.received, ...entries));
    },
    async touch(at, signal) {
      await ask('note that an alert came', signal, () => commands.set(KEYS.lastReceived, at.toISOString()));
    },
    async lastReceived(signal) {
      const text = await ask('say when an alert last came', signal, () => commands.get(KEYS.lastReceived));
      return text === null ? undefined : new Date(text);
    },
  };
}
