import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import { DeliveryError, reasonOf } from '../domain/errors.js'
import type { ServerAccess } from './createServerAccess.js'

export interface HandlerReport {
  readonly name: string
  readonly summary: string
  /** Why it cannot be reached, and what to do. */
  readonly problem?: string
  /** True if it may succeed later, without a change of the configuration. */
  readonly temporary?: boolean
}

/** Tests every handler whose channel can be tested without sending a notification. */
export function inspectHandlers(
  { notifier }: Config,
  { http, conceal }: ServerAccess,
  signal: AbortSignal,
): Promise<readonly HandlerReport[]> {
  const checks = notifier.handlers.flatMap((settings) => {
    const found = channelOf(settings).check?.(settings, { http, signal })
    return found === undefined ? [] : [{ name: settings.name, found }]
  })
  return Promise.all(
    checks.map(async ({ name, found }) => {
      try {
        return { name, summary: `${name}: ${await found}` }
      } catch (cause) {
        // The name is chosen by the operator and may be part of the address, so it is not concealed.
        const problem = `${name}: ${conceal(reasonOf(cause))}`
        const temporary = !(cause instanceof DeliveryError && cause.kind === 'permanent')
        return { name, summary: problem, problem, temporary }
      }
    }),
  )
}
