import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { interpolate } from '../../config/file/interpolate.js'
import { defined } from '../../domain/defined.js'
import { ConfigError } from '../../domain/errors.js'
import { type FoundManager, managerAt } from './findManagers.js'
import type { FirstConfig } from './renderConfig.js'
import type { InitOptions } from './InitOptions.js'
import type { Interview } from './interview.js'

/**
 * Asks for the home to write the file to. If nobody can be asked, only a home from the options is used, because a file
 * in the home of another chain's node would stop that node.
 *
 * @throws ConfigError if it is not a directory.
 */
export async function chooseHome(
  options: InitOptions,
  talk: Interview,
  { environment, managers }: { readonly environment: Environment; readonly managers: readonly FoundManager[] },
): Promise<Pick<FirstConfig, 'home' | 'profile'>> {
  if (talk.live && options.home === undefined && managers.length > 0)
    talk.say(
      [
        'Process managers on this machine:',
        ...managers.map(({ home, profile }, at) => `  ${at + 1}  ${profile} in ${home}`),
      ].join('\n'),
    )
  const [only, ...more] = managers
  const fallback = talk.live && only !== undefined && more.length === 0 ? '1' : 'none'
  const question = {
    flag: '--home',
    given: options.home,
    expected: 'a directory',
    asks: `Home of the node, for upgrade-info.json (${managers.length === 0 ? '' : 'a number, '}a directory, or none)`,
    fallback,
  }
  return talk.answer(question, async (text) => {
    if (text === 'none' && options.home === undefined) return {}
    const chosen = options.home === undefined && /^\d{1,4}$/.test(text) ? managers[Number(text) - 1] : undefined
    const home = chosen?.home.replaceAll('${', '$${') ?? wholePath(text, environment)
    const { value, issues } = interpolate(home, environment)
    const path = String(value)
    const problem = issues[0]?.message ?? ((await isDirectory(path)) ? undefined : 'expected an existing directory')
    if (problem !== undefined) throw new ConfigError([{ path: '--home', message: problem }])
    return { home, ...defined({ profile: options.profile ?? (await managerAt(path))?.profile }) }
  })
}

/** Makes a path absolute, because a systemd unit starts in another directory and only a shell expands `~`. */
function wholePath(text: string, { HOME = '' }: Environment): string {
  if (text.startsWith('~/') && HOME !== '') return join(HOME, text.slice(2))
  return text.startsWith('$') ? text : resolve(text)
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
