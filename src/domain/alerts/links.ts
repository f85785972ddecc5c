import type { AlertSource, Links } from './alert.ts';

const LONGEST = 4096;

/** What a link can be found in. */
export interface LinkSources {
  readonly source: AlertSource;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL?: string | undefined;
  /** Of the page of a Sentry issue. */
  readonly sentryIssue?: string | undefined;
}

/** Where people read on. */
export function linksOf({ source, labels, annotations, generatorURL, sentryIssue }: LinkSources): Links {
  const generator = webUrl(generatorURL);
  const runbook = webUrl(annotations['runbook_url'] ?? annotations['runbook']);
  const signozRule = source === 'signoz' ? webUrl(ruleUrl(labels, generatorURL)) : undefined;
  const issue = webUrl(sentryIssue);
  return {
    ...(generator !== undefined && { generator }),
    ...(runbook !== undefined && { runbook }),
    ...(signozRule !== undefined && { signozRule }),
    ...(issue !== undefined && { sentryIssue: issue }),
  };
}

/** The page of the rule; a SigNoz that leaves it out of the labels links to it as the generator. */
function ruleUrl(labels: Readonly<Record<string, string>>, generatorURL: string | undefined): string | undefined {
  return labels['ruleSource'] ?? (labels['ruleId'] === undefined ? undefined : generatorURL);
}

/** The URL as a browser would send it, which no quote or blank is left in; undefined for what is none or carries a password. */
export function webUrl(text: string | undefined): string | undefined {
  if (text === undefined || text.length > LONGEST || !/^https?:\/\//i.test(text)) return undefined;
  const url = URL.parse(text);
  return url === null || url.username !== '' || url.password !== '' ? undefined : url.href;
}
