import * as z from 'zod'
import { redactor } from '../domain/secrets/redactor.js'
import { httpUrl } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, kindOfStatus, type ServiceAnswer, type Verdict } from './askService.js'
import { channelKeys, defineChannel, gatewayKey, rateKey, serviceKeys } from './Channel.js'
import { adaptiveCard } from './render/adaptiveCard.js'
import { addressesOf, viaGateway } from './serviceUrl.js'

/** Posts to Microsoft Teams. */
export const teams = defineChannel({
  schema: section({
    type: z.literal('teams').describe('Posts to Microsoft Teams.'),
    webhookUrl: httpUrl().describe(
      'The URL of a workflow that begins with "When a Teams webhook request is received" and posts the card.',
    ),
    apiUrl: gatewayKey('webhookUrl'),
    ...serviceKeys,
    ...channelKeys,
    rate: rateKey('1/1s'),
  }).describe(
    'One card for each notification. A workflow accepts a card before it posts it: if no card appears, check the runs of the workflow and its owner. Text from a chain mentions nobody and hides no link. `webhookUrl` is never shown.',
  ),
  keeps: 'nothing',
  preview: 'request',
  placeOf: ({ webhookUrl, apiUrl }) => [webhookUrl, apiUrl],
  secrets: secretsOf,
  countedBy: ({ webhookUrl }) => webhookUrl,
  open: ({ webhookUrl, apiUrl, timeout: timeoutMs, maxAttempts }, deps) => ({
    handler: {
      type: 'teams',
      handle: async (notification, { signal }) => {
        await askService({
          ...deps,
          service: 'Teams',
          url: new URL(viaGateway(webhookUrl, apiUrl)),
          body: JSON.stringify(adaptiveCard(deps.compose(notification))),
          timeoutMs,
          signal,
          judge,
          conceal: redactor(secretsOf({ webhookUrl, apiUrl })),
        })
      },
    },
    timeoutMs,
    maxAttempts,
  }),
})

function secretsOf({ webhookUrl, apiUrl }: { readonly webhookUrl: string; readonly apiUrl?: string | undefined }): {
  readonly urls: string[]
} {
  return { urls: addressesOf(webhookUrl, apiUrl) }
}

const errorSchema = z.object({ error: z.object({ code: z.string().catch(''), message: z.string().catch('') }) })

function judge({ status, text, json, header }: ServiceAnswer): Verdict | undefined {
  if (status >= 300 && status <= 399) return {}
  if (/\bhtml\b/i.test(header('content-type') ?? '')) return undefined
  const error = errorSchema.safeParse(json).data?.error
  if (kindOfStatus(status) === 'taken') {
    // A connector answers 200 even if it could not post.
    const failed = /^Webhook message delivery failed/i.test(text.trim()) || error !== undefined
    return failed ? { kind: 'transient', words: error?.message ?? text } : {}
  }
  return {
    ...(error !== undefined && { code: error.code, words: error.message }),
    ...(kindOfStatus(status) === 'permanent' && {
      advice: 'Check that the workflow is there, is on, and has this URL.',
    }),
  }
}
