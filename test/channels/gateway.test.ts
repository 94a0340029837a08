import { describe, expect, it } from 'vitest'
import { tellerOf } from '../support/services/messages.js'
import { startService } from '../support/services/service.js'

describe('a gateway in front of a service', () => {
  it.each([
    [
      { type: 'discord', webhookUrl: 'https://discord.example/api/webhooks/1/hook-secret' },
      '/out/api/v10/webhooks/1/hook-secret?via=us&wait=true',
    ],
    [
      { type: 'slack', webhookUrl: 'https://slack.example/services/T1/B2/hook-secret' },
      '/out/services/T1/B2/hook-secret?via=us',
    ],
    [
      { type: 'teams', webhookUrl: 'https://teams.example/flows/7?sig=flow-secret' },
      '/out/flows/7?via=us&sig=flow-secret',
    ],
    [{ type: 'ntfy', url: 'https://ntfy.example/gov-alerts' }, '/out/?via=us'],
    [
      { type: 'matrix', homeserver: 'https://hs.example', token: 'hook-secret', room: '!ops:hs.example' },
      expect.stringMatching(/^\/out\/_matrix\/client\/v3\/.*\?via=us/),
    ],
    [{ type: 'webhook', url: 'https://hook.example/in?k=1' }, '/out/in?via=us&k=1'],
  ])('gets the requests of %j', async (settings, asked) => {
    const calls: string[] = []
    const { url } = await startService(({ path, query }) => {
      calls.push(query.size === 0 ? path : `${path}?${query.toString()}`)
      return { status: 503 }
    })
    await expect(tellerOf({ ...settings, apiUrl: `${url}/out/?via=us` }).tell()).rejects.toThrow(new URL(url).host)
    expect(calls[0]).toStrictEqual(asked)
  })
})
