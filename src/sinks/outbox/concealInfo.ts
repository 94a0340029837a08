import * as z from 'zod'
import type { Notification } from '../../domain/notifications/notification.js'

// Only texts inside the value change, so its shape needs no check.
const sameShape = z.custom<Notification>()

/**
 * Returns a notification as it leaves the process. The `info` of a plan is stored byte for byte, because it is written
 * to a file; when it is only shown, the secrets of the configuration are removed. All other texts contain none.
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
