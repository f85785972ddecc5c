import { type Fields, fieldsAt, firstText, textAt } from '../text/json-fields.ts';
import { placeIn } from './place.ts';
import type { SentryKind, SentryMessage } from './sentry-message.ts';
import { tagsIn } from './tags.ts';

/** What goes into the path of Sentry's API, and nothing else. */
const ID = /^[\w-]{1,100}$/;
const DEFAULT_LEVEL = 'error';

/** A webhook about an issue or one of its events; undefined where it says nothing of either. */
export function issueMessage(kind: Exclude<SentryKind, 'metric_alert'>, body: Fields): SentryMessage | undefined {
  const data = fieldsAt(body, 'data');
  const issue = fieldsAt(data, 'issue');
  const event =
    [fieldsAt(data, 'event'), fieldsAt(data, 'error'), fieldsAt(body, 'event')].find(each => Object.keys(each).length > 0) ?? {};
  const top = kind === 'legacy' ? body : {};
  const parts = [issue, event, top];
  const metadata = parts.map(part => fieldsAt(part, 'metadata'));
  const place = placeIn(parts, { issue, top });
  const id = [textAt(issue, 'id'), textAt(event, 'issue_id'), textAt(top, 'id'), place.issueId].find(each => each && ID.test(each));
  const title = firstText(parts, 'title') ?? firstText(metadata, 'title', 'type', 'value') ?? firstText(parts, 'message', 'culprit');
  if (id === undefined && title === undefined) return undefined;
  const tags = { ...tagsIn(issue['tags']), ...tagsIn(event['tags']) };
  return withoutAbsent({
    kind,
    action: textAt(body, 'action')?.toLowerCase() ?? 'triggered',
    id,
    title: title ?? `Sentry issue ${id}`,
    level: firstText([...parts, tags], 'level') ?? DEFAULT_LEVEL,
    description: firstText(metadata, 'value') ?? firstText(parts, 'message'),
    org: place.org,
    project: place.project,
    shortId: textAt(issue, 'shortId'),
    culprit: firstText(parts, 'culprit'),
    platform: firstText(parts, 'platform'),
    firstSeen: textAt(issue, 'firstSeen'),
    count: textAt(issue, 'count'),
    eventId: firstText([event], 'event_id', 'eventID', 'id'),
    rule: ruleIn(data, body),
    url: place.page,
    environment: firstText([event, tags], 'environment'),
    release: firstText([event, tags], 'release'),
    tags,
  });
}

function ruleIn(data: Fields, body: Fields): string | undefined {
  const [first] = Array.isArray(body['triggering_rules']) ? body['triggering_rules'] : [];
  const named = firstText([fieldsAt(data, 'issue_alert'), fieldsAt(data, 'alert')], 'title');
  return textAt(data, 'triggered_rule') ?? named ?? textAt({ first }, 'first');
}

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined };
type Required = Pick<SentryMessage, 'kind' | 'action' | 'title' | 'level' | 'tags'>;

/** Leaves out what is undefined, as the type wants it. */
export function withoutAbsent({
  kind,
  action,
  title,
  level,
  tags,
  ...rest
}: Required & Optional<Omit<SentryMessage, keyof Required>>): SentryMessage {
  const present: Omit<SentryMessage, keyof Required> = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { kind, action, title, level, tags, ...present };
}
