import { z } from 'zod';
import { wrongTogether } from '../problems.ts';
import { HttpUrl, Port } from '../shapes.ts';
import { variable } from '../variable.ts';
import { HTTP_URL } from './wording.ts';

const PORT = 'a port from 1 to 65535';

/** The two listeners. */
export const Server = z
  .object({
    listenAddress: variable(
      {
        env: 'AWOOOI_LISTEN_ADDRESS',
        default: '0.0.0.0',
        description: 'Address that both listeners bind to.',
        expects: 'an IP address, such as 0.0.0.0 or 127.0.0.1',
      },
      z.union([z.ipv4(), z.ipv6()]),
    ),
    apiPort: variable({ env: 'AWOOOI_API_PORT', default: '8000', description: 'Port of the API and the webhooks.', expects: PORT }, Port),
    opsPort: variable(
      { env: 'AWOOOI_OPS_PORT', default: '8081', description: 'Port of /livez, /readyz and /metrics.', expects: PORT },
      Port,
    ),
    publicUrl: variable(
      {
        env: 'AWOOOI_PUBLIC_URL',
        description:
          'Where others reach the API: what the webhook URLs of SigNoz channels must begin with. SignozCanary hops and TG_UPDATES=webhook need it.',
        expects: HTTP_URL,
      },
      HttpUrl.optional(),
    ),
  })
  .superRefine(({ apiPort, opsPort }, ctx) => {
    if (apiPort !== opsPort) return;
    wrongTogether(ctx, 'opsPort', 'must differ from AWOOOI_API_PORT');
  });
