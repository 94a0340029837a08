import type { Message } from '../../domain/notifications/message.js'

/** Where and when, in one line: what stands below a message. */
export function footerOf({ chain, priority, timestamp, when }: Message): string {
  return `${chain} · ${priority} · ${when ?? `${timestamp.slice(0, 16).replace('T', ' ')} UTC`}`
}
