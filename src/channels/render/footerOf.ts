import type { Message } from '../../domain/notifications/message.js'

/** The line below a message: chain, priority and time. */
export function footerOf({ chain, priority, timestamp, when }: Message): string {
  return `${chain} · ${priority} · ${when ?? `${timestamp.slice(0, 16).replace('T', ' ')} UTC`}`
}
