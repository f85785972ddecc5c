/** SigNoz's own webhook channel, as a person sets it up to reach the operator. */
export function signozChannel({ operatorPort, webhookToken }: { operatorPort: number; webhookToken: string }) {
  return {
    name: 'awoooi',
    webhook_configs: [
      {
        send_resolved: true,
        url: `http://127.0.0.1:${operatorPort}/api/v1/webhooks/signoz`,
        http_config: { authorization: { type: 'Bearer', credentials: webhookToken } },
      },
    ],
  };
}
