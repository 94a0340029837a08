import { z } from 'zod'
import { oneOf, path } from './scalars.js'
import { section } from './section.js'

/** Where and how upgrade-info.json is written. What is left out depends on the system: see `settleUpgradeInfo`. */
export const upgradeInfoSchema = section({
  home: z.exactOptional(path('expected a directory'))
    .describe('Home of the node: <home>/data/upgrade-info.json is written. Leave out to write nothing.'),
  profile: z.exactOptional(oneOf(['wemixvisor', 'cosmovisor', 'portable']))
    .describe('Form of info in the file: wemixvisor an object, cosmovisor a string, portable none. By default wemixvisor; cosmovisor for cosmos.'),
  when: z.exactOptional(oneOf(['at-height', 'on-schedule', 'never']))
    .describe('When the file is written. By default at-height; never for cosmos, whose node writes it itself.'),
})
