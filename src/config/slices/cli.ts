import { z } from 'zod';
import { credential } from '../credential.ts';
import { HttpUrl } from '../shapes.ts';
import { variable } from '../variable.ts';
import { HTTP_URL } from './wording.ts';
import { Kubeconfig } from './kubeconfig.ts';

/** What the commands of the CLI read. */
export const Cli = z.object({
  kubeconfig: Kubeconfig,
  apiBase: variable(
    {
      env: 'AWOOOI_API_BASE',
      default: 'http://localhost:8000',
      description:
        'The API that `awoooi incidents`, `trace`, `deliveries` and `repairs` ask, and `support-bundle` where this is set. `awoooi probe run`: where the file gives no target; drills are registered there.',
      expects: HTTP_URL,
    },
    HttpUrl,
  ),
  apiToken: variable(
    {
      env: 'AWOOOI_API_TOKEN',
      secret: true,
      description: 'Bearer token for that API.',
      expects: 'a token without blanks',
    },
    credential(z.string().regex(/^\S+$/, { error: 'it is empty or holds a blank' })).optional(),
  ),
  publicUrl: variable(
    {
      env: 'AWOOOI_PUBLIC_URL',
      description: '`awoooi probe run`: where SigNoz reaches the operator. SignozCanary hops need it.',
      expects: HTTP_URL,
    },
    HttpUrl.optional(),
  ),
  telegramBotToken: variable(
    {
      env: 'TG_BOT_TOKEN',
      secret: true,
      description: '`awoooi probe run`: bot that tells of a failure, together with TG_CHAT_ID.',
      expects: 'the token of a bot, such as BotFather gives it',
    },
    credential(z.string().regex(/^[0-9]+:[A-Za-z0-9_-]+$/, { error: 'it is no such token' })).optional(),
  ),
  telegramChatId: variable(
    {
      env: 'TG_CHAT_ID',
      description: '`awoooi probe run`: chat that is told of a failure.',
      expects: 'the numeric id of a chat, or the @name of a channel',
    },
    z
      .string()
      .regex(/^(-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,63})$/)
      .optional(),
  ),
  signozUrl: variable(
    { env: 'SIGNOZ_URL', description: '`awoooi rules export`, `diff` and `test`: which SigNoz.', expects: HTTP_URL },
    HttpUrl.optional(),
  ),
  signozApiKey: variable(
    { env: 'SIGNOZ_API_KEY', secret: true, description: 'API key of that SigNoz.', expects: 'an API key without blanks' },
    credential(z.string().regex(/^\S+$/, { error: 'it is empty or holds a blank' })).optional(),
  ),
  signozCaFile: variable(
    {
      env: 'SIGNOZ_CA_FILE',
      description: '`awoooi rules export`, `diff` and `test`: authorities that alone are trusted for that SigNoz. Empty: the usual ones.',
      expects: 'the path of a PEM file',
    },
    z.string().optional(),
  ),
  clusterId: variable(
    {
      env: 'AWOOOI_CLUSTER_ID',
      description:
        '`awoooi rules diff` and `export`: the cluster whose operator keeps the rules, by the name that it puts into their markers: its AWOOOI_CLUSTER_ID, else the uid of its namespace kube-system.',
      expects: 'a name of letters, digits, - and .',
    },
    z
      .string()
      .max(63)
      .regex(/^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$/)
      .optional(),
  ),
});
