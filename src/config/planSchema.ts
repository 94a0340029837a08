import { z } from 'zod'
import type { JsonObject } from '../domain/text/json.js'
import { address, text, whole } from '../schema/scalars.js'
import { section } from '../schema/section.js'

const proposalId = 'expected a proposal id, in quotes'
const infoOf = 'expected text or a mapping'
// The name becomes the name of a directory.
const planName = 'expected a name of 1 to 128 characters without a slash'

const jsonObject: z.ZodType<JsonObject, JsonObject> = z.record(z.string(), z.json())

/** The operator's own word on what a proposal asks nodes to run. */
export const planSchema = section({
  proposal: z
    .union([text(proposalId), z.int({ error: proposalId }).min(0, { error: proposalId }).transform(String)], {
      error: proposalId,
    })
    .describe('Id of the proposal. Long ids belong in quotes.'),
  contract: z.exactOptional(address()).describe('Its contract, where several are watched.'),
  name: z
    .string({ error: planName })
    .regex(/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,128}$/u, { error: planName })
    .describe('Name of the upgrade, and of the directory that holds the binary.'),
  height: whole(1).describe('First block the new binary runs.'),
  info: z
    .exactOptional(z.union([z.string({ error: infoOf }), jsonObject], { error: infoOf }))
    .describe('What the process manager is told about the binaries.'),
})
