import { commandLineTexts } from './textFunctions/commandLineTexts.js'
import { domainTexts } from './textFunctions/domainTexts.js'
import { effectsTexts } from './textFunctions/effectsTexts.js'
import { sourcesTexts } from './textFunctions/sourcesTexts.js'
import type { TextFunctions } from './textFunctions/textFunctions.js'

/**
 * Every function that takes a text from outside: a proposal, an answer of a node, a file, a header. A new one belongs
 * in the file of its directory: test/process/growth.test.ts then requires linear time of it.
 */
export const foreignTextFunctions: TextFunctions = {
  ...domainTexts,
  ...sourcesTexts,
  ...effectsTexts,
  ...commandLineTexts,
}
