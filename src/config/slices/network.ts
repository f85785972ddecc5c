import { z } from 'zod';
import { Addresses } from '../shapes.ts';
import { variable } from '../variable.ts';

const ADDRESSES =
  'addresses or CIDR blocks, each with :port where only one port is meant, separated by commas, such as 10.0.0.0/8,[fd00::1]:443';

/** Where specs may lead to. */
export const Network = z.object({
  deny: variable(
    {
      env: 'AWOOOI_DENY_ADDRESSES',
      default: '',
      description:
        'Addresses that no spec may lead to, besides link-local addresses, those of cloud metadata, and for the operator the API server: what its name resolves to, and the endpoints behind the Service `kubernetes` where RBAC lets it list them.',
      expects: ADDRESSES,
    },
    Addresses,
  ),
  allow: variable(
    {
      env: 'AWOOOI_ALLOW_ADDRESSES',
      default: '',
      description: 'Addresses that are allowed in spite of the deny list.',
      expects: ADDRESSES,
    },
    Addresses,
  ),
});
