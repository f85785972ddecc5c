import { type Fields, fieldsAt, firstText, textAt } from '../text/json-fields.ts';

/** Where in Sentry an issue is. */
export interface Place {
  readonly org?: string;
  readonly project?: string;
  readonly issueId?: string;
  /** The page for people. */
  readonly page?: string;
}

const URL_FIELDS = ['url', 'web_url', 'permalink', 'issue_url', 'project_url'];
const PAGE_FIELDS = ['permalink', 'web_url'];

const ORGANIZATION = /\/organizations\/([\w-]+)\//;
/** Sentry's own hosts of organizations: `https://acme.sentry.io/issues/42/`. */
const SUBDOMAIN = /^https:\/\/([a-z0-9-]+)\.sentry\.io\/issues\//;
const PROJECT = /\/projects\/([\w-]+)\/([\w-]+)\//;
const ISSUE = /\/issues\/(\d+)(?:[/?#]|$)/;

/** Some shapes have neither organization nor project nor issue but in their URLs (contracts, section 2.3). */
export function placeIn(parts: readonly Fields[], { issue, top }: { readonly issue: Fields; readonly top: Fields }): Place {
  const urls = parts.flatMap(part => URL_FIELDS.flatMap(name => textAt(part, name) ?? []));
  const find = (pattern: RegExp, group = 1): string | undefined => {
    for (const url of urls) {
      const found = pattern.exec(url)?.[group];
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const org = find(ORGANIZATION) ?? find(PROJECT) ?? find(SUBDOMAIN);
  const project = projectSlug(issue, top) ?? find(PROJECT, 2);
  const issueId = find(ISSUE);
  const page = firstText(parts, ...PAGE_FIELDS) ?? textAt(top, 'url');
  return {
    ...(org !== undefined && { org }),
    ...(project !== undefined && { project }),
    ...(issueId !== undefined && { issueId }),
    ...(page !== undefined && { page }),
  };
}

function projectSlug(issue: Fields, top: Fields): string | undefined {
  const named = textAt(fieldsAt(issue, 'project'), 'slug') ?? textAt(top, 'project_slug');
  if (named !== undefined) return named;
  return [textAt(issue, 'project'), textAt(top, 'project')].find(text => text !== undefined && !/^\d+$/.test(text));
}
