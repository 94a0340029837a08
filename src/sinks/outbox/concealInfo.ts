import * as z from 'zod'
import type { Notification } from '../../domain/notifications/notification.js'

// Only texts within it change, and nothing of its shape.
const sameShape = z.custom<Notification>()

/**
 * A notification as it leaves the process. What a plan says of its binaries is kept to the byte, because it is written
 * into a file; where it is only shown, no secret of the configuration may be in it. All other texts come without.
 */
export function concealInfo(notification: Notification, conceal: (text: string) => string): Notification {
  const { data } = notification
  if (!('info' in data) || data.info === null) return notification
  return sameShape.parse({ ...notification, data: { ...data, info: concealed(data.info, conceal) } })
}

function concealed(value: unknown, conceal: (text: string) => string): unknown {
  if (typeof value === 'string') return conceal(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => concealed(item, conceal))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, concealed(item, conceal)]))
}
