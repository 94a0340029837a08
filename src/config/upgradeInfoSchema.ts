import { z } from 'zod'
import { oneOf, text } from './scalars.js'
import { section } from './section.js'

/** Where and how upgrade-info.json is written. */
export const upgradeInfoSchema = section({
  home: z.exactOptional(text('expected a directory'))
    .describe('Home of the node: <home>/data/upgrade-info.json is written. Leave out to write nothing.'),
  profile: oneOf(['wemixvisor', 'cosmovisor', 'portable']).prefault('wemixvisor')
    .describe('Form of info in the file: wemixvisor an object, cosmovisor a string, portable none.'),
  when: oneOf(['at-height', 'on-schedule', 'never']).prefault('at-height').describe('When the file is written.'),
})
