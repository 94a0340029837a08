import { startDiscord } from './discord.js'
import { matrixRoom, startMatrix } from './matrix.js'
import type { Service } from './service.js'
import { startSlack } from './slack.js'
import { startTelegram } from './telegram.js'

/** A service that keeps one message for a subject, and the settings of its handler. */
export interface LivingRoom {
  readonly settings: Readonly<Record<string, string | number>>
  readonly service: Service
  /** Every visible line. */
  readonly transcript: () => readonly string[]
}

/** By their names. */
export const livingRooms = {
  slack: async (): Promise<LivingRoom> => {
    const service = await startSlack(clock())
    const { apiUrl, transcript } = service
    const settings = { type: 'slack', token: 'xoxb-secret-token', channel: 'C0123ABCD', apiUrl }
    return { settings, service, transcript }
  },
  discord: async (): Promise<LivingRoom> => {
    const service = await startDiscord(clock())
    const { webhookUrl, transcript } = service
    return { settings: { type: 'discord', webhookUrl }, service, transcript }
  },
  telegram: async (): Promise<LivingRoom> => {
    const service = await startTelegram(clock())
    const { apiUrl, transcript } = service
    return { settings: { type: 'telegram', token: '123:hook-secret', chatId: -100, apiUrl }, service, transcript }
  },
  matrix: async (): Promise<LivingRoom> => {
    const service = await startMatrix(clock())
    const { url, transcript } = service
    const settings = { type: 'matrix', homeserver: url, token: 'hook-secret', room: matrixRoom }
    return { settings, service, transcript }
  },
} as const

/** A clock that advances by a second each time, so that no rate limit applies. */
function clock(): { readonly now: () => number } {
  let time = 0
  return { now: () => (time += 1_000) }
}

/**
 * The visible titles, a text for each message followed by its replies: titles after what is
 * struck through. Every message ends with its chain and time.
 */
export function headings({ transcript }: Pick<LivingRoom, 'transcript'>): readonly string[] {
  const found: string[] = []
  let lines: string[] = []
  for (const line of transcript()) {
    lines.push(line.replace(/^(?: *> |\d+> |\d+: )?(?:# )?/, '').replaceAll('\u2060', ''))
    if (!/ · (?:low|medium|high|critical) · [\w: -]+ UTC\)?$/.test(line)) continue
    const struck = lines.filter((one) => one.startsWith('~~'))
    const title = lines.find((one) => !one.startsWith('~~')) ?? ''
    found.push([...struck, title].join(' '))
    lines = []
  }
  return found
}
