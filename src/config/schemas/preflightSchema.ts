import * as z from 'zod'
import { layouts } from '../../domain/readiness/upgradeDirectory.js'
import { parseDuration } from '../../domain/text/duration.js'
import type { Reminder } from '../../domain/upgrades/reminder.js'
import { flag, list, oneOf } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'
import type { UpgradeInfoConfig } from './upgradeInfoSchema.js'

const expectedLead = 'expected a duration such as 24h'
const daemon = 'expected the name of a file, such as gaiad'

const leadSchema = z
  .string({ error: expectedLead })
  .regex(/^\d{1,12}(ms|s|m|h|d)$/, { error: expectedLead, abort: true })
  .transform((written, context): Reminder => {
    const ms = parseDuration(written)
    if (ms !== undefined && ms > 0) return { kind: 'time', text: written, ms }
    context.addIssue({ code: 'custom', message: `${expectedLead}, above zero` })
    return z.NEVER
  })

/** What is checked before the height of an upgrade. */
export const preflightSchema = section({
  at: list(leadSchema, 'durations')
    .readonly()
    .prefault(['24h', '6h', '1h'])
    .describe('How long before the height `run` makes the checks by itself. An empty list turns that off.'),
  download: flag()
    .prefault(false)
    .describe(
      "True if the plan's download for this machine is fetched, its checksum compared, and its content checked, unpacked if it is an archive.",
    ),
  runVersion: flag()
    .prefault(false)
    .describe(
      'True if the new binary is run with --version, with an empty home and an empty environment, for at most ten seconds.',
    ),
  daemon: z
    .exactOptional(z.string({ error: daemon }).regex(/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,128}$/u, { error: daemon }))
    .describe("Name of the node's binary. By default the name of the only file in the genesis directory."),
  layout: z
    .exactOptional(oneOf(layouts))
    .describe('The process manager whose directories are checked. By default the one of upgradeInfo.profile.'),
  allowPrivate: flag()
    .prefault(false)
    .describe(
      'True if downloads from private addresses are allowed, also over http, but never from link-local ones. Otherwise only https from public addresses is allowed.',
    ),
})

type Written = z.output<typeof preflightSchema>
export type PreflightConfig = Written

/** Fills in the layout from the profile; `portable` implies none, because it fits both. */
export function defaultPreflight(written: Written, { profile }: Pick<UpgradeInfoConfig, 'profile'>): PreflightConfig {
  return written.layout !== undefined || profile === 'portable' ? written : { ...written, layout: profile }
}
