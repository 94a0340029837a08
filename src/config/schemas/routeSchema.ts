import * as z from 'zod'
import { matchProblem } from '../../notify/match.js'
import { flag, list, text } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'

const matched = (what: string): z.ZodExactOptional<z.ZodString> =>
  z.exactOptional(text()).describe(`${what} Exact, a glob with \`*\`, or \`re2:\` and a regular expression.`)

/** What a notification must be like, every entry of it. */
const matchSchema = z
  .object(
    {
      chain: matched('Name of the chain.'),
      system: matched('Governance system.'),
      event: matched('The event.'),
      type: matched('Type of the proposal.'),
      priority: z.exactOptional(text()).describe('Least priority.'),
      title: matched('Title of the notification or of the proposal.'),
      subject: matched('What it is about: chain/contract/id of a proposal, or a chain.'),
    },
    { error: 'expected a mapping of keys to what they must be like' },
  )
  .catchall(text())
  .superRefine((match, context) => {
    for (const [key, value] of Object.entries(match)) {
      const message = matchProblem(key, value)
      if (message !== undefined) context.addIssue({ code: 'custom', path: [key], message })
    }
  })

/** One rule about where notifications go. */
export const routeSchema = section({
  match: matchSchema
    .prefault({})
    .describe(
      'Which notifications it is about: those that fit every entry, also of labels as `label.NAME`. Default: all.',
    ),
  to: z
    .exactOptional(list(text(), 'names of handlers').min(1, { error: 'expected at least one handler' }).readonly())
    .describe('Names of the handlers that get them. Default: every handler.'),
  continue: flag().prefault(false).describe('Whether the next rules are looked at too.'),
})
