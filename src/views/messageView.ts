import type { Message } from '../domain/notifications/message.js'
import type { JsonObject } from '../domain/text/json.js'

/** A message in the format of `notify preview --json`, as a channel receives it. */
export function messageView({ facts, links, advice, ...message }: Message): JsonObject {
  return {
    ...message,
    facts: facts.map(({ name, value }) => ({ name, value })),
    advice: advice ?? null,
    links: links.map(({ label, url }) => ({ label, url })),
  }
}
