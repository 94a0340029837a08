import { commandLineTexts } from './textFunctions/commandLineTexts.js'
import { domainTexts } from './textFunctions/domainTexts.js'
import { effectsTexts } from './textFunctions/effectsTexts.js'
import { sourcesTexts } from './textFunctions/sourcesTexts.js'
import type { TextFunctions } from './textFunctions/textFunctions.js'

/**
 * Every function that is given a text of somebody else: a proposal, an answer of a node, a file, a header. A new one
 * belongs into the file of its room: test/process/growth.test.ts then holds it to linear time.
 */
export const foreignTextFunctions: TextFunctions = {
  ...domainTexts,
  ...sourcesTexts,
  ...effectsTexts,
  ...commandLineTexts,
}
