import * as z from 'zod'
import { oneOf, path, text, timerDuration } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'
import { type System, systemsThatOnlyTell, systemsWithRest } from '../systems.js'

const command = 'expected a program and its arguments, such as [/usr/local/sbin/restart-wemixvisor]'

/** Where and how upgrade-info.json is written. Defaults depend on the system: see `defaultUpgradeInfo`. */
export const upgradeInfoSchema = section({
  home: z
    .exactOptional(path('expected a directory'))
    .describe('Home of the node; the file is <home>/data/upgrade-info.json. Leave it out to write nothing.'),
  profile: z
    .exactOptional(oneOf(['wemixvisor', 'cosmovisor', 'portable']))
    .describe(
      'Form of info in the file: an object for wemixvisor, a string for cosmovisor, none for portable. Default: wemixvisor; cosmovisor for cosmos and signal.',
    ),
  when: z
    .exactOptional(oneOf(['at-height', 'on-schedule', 'never']))
    .describe(
      'When the file is written. Default: at-height; never for cosmos, whose node writes it itself, and for signal, which only notifies.',
    ),
  afterWrite: z
    .exactOptional(
      section({
        command: z
          .array(text(command), { error: command })
          .min(1, { error: command })
          .readonly()
          .describe(
            'The program and its arguments, without a shell. Its environment is PATH and GOVSTREAM_CHAIN, _NAME, _HEIGHT and _FILE only.',
          ),
        timeout: timerDuration()
          .prefault('30s')
          .describe('After this time the command and everything it started are killed.'),
      }),
    )
    .describe('A command that runs once after each write, and again if a crash came before its result was stored.'),
  afterCompletion: z
    .exactOptional(oneOf(['keep', 'archive']))
    .describe(
      'What happens to the file when its upgrade is completed. archive renames it to upgrade-info.<height>.json. Default: archive for wemixvisor, which would apply it again at the next crash; otherwise keep.',
    ),
})

type Written = z.output<typeof upgradeInfoSchema>
export type UpgradeInfoConfig = Pick<Written, 'home' | 'afterWrite'> &
  Required<Pick<Written, 'profile' | 'when' | 'afterCompletion'>>

/**
 * Fills in the defaults that depend on the system. A Cosmos node writes the file itself at the height, and cosmovisor
 * cannot read an `info` that is an object. wemixvisor would apply a remaining file again at the next crash. No file is
 * written for systems that only report upgrades.
 */
export function defaultUpgradeInfo(
  system: System,
  { profile: chosen, when, afterCompletion, ...written }: Written,
): UpgradeInfoConfig {
  const isCosmos = systemsWithRest.includes(system)
  const profile = chosen ?? (isCosmos ? 'cosmovisor' : 'wemixvisor')
  return {
    ...written,
    profile,
    afterCompletion: afterCompletion ?? (profile === 'wemixvisor' ? 'archive' : 'keep'),
    when: systemsThatOnlyTell.includes(system) ? 'never' : (when ?? (isCosmos ? 'never' : 'at-height')),
  }
}
