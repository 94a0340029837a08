import type { Notification } from '../../domain/notifications/notification.js'

export interface FeedSource {
  /** Newest first. */
  readonly notifications: readonly Notification[]
  /** The URL under which people reach the server. */
  readonly publicUrl?: string | undefined
}

const epoch = '1970-01-01T00:00:00Z'

/**
 * Renders notifications as an Atom feed (RFC 4287), in their order and without silenced ones. A notification always has
 * the same id.
 */
export function atomFeedOf({ notifications, publicUrl }: FeedSource): string {
  const told = notifications.filter(({ silenced }) => silenced === undefined)
  const updated = told.reduce((latest, { timestamp }) => (timestamp > latest ? timestamp : latest), epoch)
  const link = publicUrl === undefined ? '' : `<link rel="alternate" href="${escaped(publicUrl)}"/>`
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>${idOf('feed')}</id><title>govstream</title><updated>${escaped(updated)}</updated>`,
    `<author><name>govstream</name></author>${link}`,
    ...told.map((notification) => entryOf(notification, link)),
    '</feed>',
    '',
  ].join('\n')
}

function entryOf({ id, event, priority, chain, title, message, timestamp }: Notification, link: string): string {
  return [
    `<entry><id>${idOf(`notification/${id}`)}</id><title>${escaped(title)}</title>`,
    `<updated>${escaped(timestamp)}</updated><published>${escaped(timestamp)}</published>${link}`,
    ...Object.entries({ event, priority, chain })
      .filter(([, term]) => term !== '')
      .map(([scheme, term]) => `<category scheme="${idOf(scheme)}" term="${escaped(term)}"/>`),
    `<content type="text">${escaped(message)}</content></entry>`,
  ].join('\n')
}

/** A tag URI as in RFC 4151, which needs no server. */
function idOf(part: string): string {
  return `tag:govstream,2026:${encodeURIComponent(part.toWellFormed()).replaceAll("'", '%27')}`
}

/** Escapes text and attribute values for XML 1.0; characters that it forbids in every form are replaced. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\r]/g, (character) => `&#${character.codePointAt(0)};`)
}
