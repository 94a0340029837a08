import { startDiscord } from './discord.js'
import { startMailServer } from './mailServer.js'
import { matrixRoom, startMatrix } from './matrix.js'
import { startNtfy } from './ntfyServer.js'
import { startPushover, token, user } from './pushoverServer.js'
import { startSlack } from './slack.js'
import { startTeamsWorkflow } from './teamsWorkflow.js'
import { startTelegram } from './telegram.js'

/** A service, and its visible content. */
export interface AnyService {
  readonly settings: object
  /** All visible text. */
  readonly text: () => string
  /** Mentions, links, and violations of a rule. */
  readonly harm: () => readonly unknown[]
}

/** A clock that advances by a second each time, so that no rate limit applies. */
function clock(): { readonly now: () => number } {
  let time = 0
  return { now: () => (time += 1_000) }
}

/** The services with texts for people, by name. */
export const services: Readonly<Record<string, () => Promise<AnyService>>> = {
  'slack bot': async () => {
    const { apiUrl, transcript, pings, links } = await startSlack(clock())
    return {
      settings: { type: 'slack', token: 'xoxb-secret-token', channel: 'C0123ABCD', apiUrl },
      text: () => transcript().join('\n'),
      harm: () => [...pings, ...links()],
    }
  },
  'slack webhook': async () => {
    const { webhookUrl, transcript, pings, links } = await startSlack(clock())
    return {
      settings: { type: 'slack', webhookUrl },
      text: () => transcript().join('\n'),
      harm: () => [...pings, ...links()],
    }
  },
  discord: async () => {
    const { webhookUrl, transcript, pings, links, violations } = await startDiscord(clock())
    return {
      settings: { type: 'discord', webhookUrl },
      text: () => transcript().join('\n'),
      harm: () => [...pings, ...links(), ...violations],
    }
  },
  telegram: async () => {
    const { apiUrl, transcript, pings, links } = await startTelegram(clock())
    return {
      settings: { type: 'telegram', token: '123:hook-secret', chatId: -100, apiUrl },
      text: () => transcript().join('\n').replaceAll('\u2060', ''),
      harm: () => [...pings(), ...links()],
    }
  },
  matrix: async () => {
    const { url, transcript, pings, links } = await startMatrix(clock())
    return {
      settings: { type: 'matrix', homeserver: url, token: 'hook-secret', room: matrixRoom },
      text: () => transcript().join('\n'),
      harm: () => [...pings(), ...links()],
    }
  },
  email: async () => {
    const { port, taken, faults } = await startMailServer()
    const smtp = `smtp://127.0.0.1:${port}`
    return {
      settings: { type: 'email', smtp, from: 'watch@example.org', to: ['ops@example.net'], requireTls: false },
      text: () => taken.map(({ text }) => text).join('\n'),
      harm: () => [
        ...faults,
        ...taken.flatMap(({ html }) => html.match(/href="[^"]*"|<(?:script|img|a)\b/g) ?? []),
        ...taken.flatMap(({ recipients }) => recipients.filter((one) => one !== 'ops@example.net')),
      ],
    }
  },
  teams: async () => {
    const { webhookUrl, shown, failedRuns } = await startTeamsWorkflow()
    return {
      settings: { type: 'teams', webhookUrl },
      text: () => shown.map(({ text }) => text).join('\n'),
      harm: () => [...failedRuns, ...shown.flatMap(({ links, pings }) => [...links, ...pings])],
    }
  },
  ntfy: async () => {
    const { url, shown, files } = await startNtfy()
    return {
      settings: { type: 'ntfy', url: `${url}/gov-alerts` },
      text: () => shown.map(({ title, message }) => `${title}\n${message}`).join('\n'),
      harm: () => files,
    }
  },
  pushover: async () => {
    const { url, shown } = await startPushover()
    return {
      settings: { type: 'pushover', token, user, apiUrl: url },
      text: () => shown.map(({ title, message }) => `${title}\n${message}`).join('\n'),
      harm: () => shown.flatMap(({ url: link }) => link ?? []),
    }
  },
}
