import { isJsonObject } from '../../../domain/text/json.js'

/** One thing a proposal does when it passes. */
export interface Message {
  /** Type URL, such as `/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade`. */
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}

const maxMessages = 64
const maxDepth = 4

/** All messages, those wrapped in others included: legacy content, and what is run in somebody's name. */
export function messagesIn(list: unknown): readonly Message[] {
  return unwrapped(list, 0).slice(0, maxMessages)
}

function unwrapped(list: unknown, depth: number): readonly Message[] {
  if (!Array.isArray(list) || depth > maxDepth) return []
  return list.slice(0, maxMessages).flatMap((item: unknown): readonly Message[] => {
    if (!isJsonObject(item)) return []
    const type = item['@type']
    if (typeof type !== 'string') return []
    if (type.endsWith('.MsgExecLegacyContent')) return unwrapped([item['content']], depth + 1)
    if (/\.authz\.v\w+\.MsgExec$/.test(type)) return unwrapped(item['msgs'], depth + 1)
    return [{ type, body: item }]
  })
}

/** The last part of a type URL: what people call it. */
export function nameOf(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1)
}
