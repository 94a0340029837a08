import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readEnvironment } from '../../config/environment.js'
import { ConfigError } from '../../domain/errors.js'
import { exitCodes } from '../exitCodes.js'
import { writeNewFile } from '../init/writeNewFile.js'
import { foldLines } from '../output/foldLines.js'
import { planUnit, type ServiceOptions, startedHere } from '../service/planUnit.js'
import { renderUnit } from '../service/renderUnit.js'
import type { Context } from '../Terminal.js'

/** Prints the systemd unit for the configuration. */
export function servicePrint(options: ServiceOptions, { terminal }: Context): number {
  const { plan, notes } = planUnit(options, startedHere(readEnvironment()))
  terminal.out(renderUnit(plan).trimEnd())
  for (const note of notes) terminal.note(foldLines(note, terminal.noteWidth))
  return exitCodes.done
}

/** Writes the unit where systemd looks for it, and prints the commands that start it. */
export async function serviceInstall(
  options: ServiceOptions,
  { terminal }: Context,
  isRoot = process.getuid?.() === 0,
): Promise<number> {
  const environment = readEnvironment()
  const own = options.user === true
  if (!own && !isRoot)
    throw new ConfigError([
      { path: 'service install', message: 'expected to be run as root; a unit of your own, without it: --user' },
    ])
  const { plan, notes } = planUnit(options, startedHere(environment))
  const { XDG_CONFIG_HOME = '', HOME = '' } = environment
  const base = own
    ? join(XDG_CONFIG_HOME === '' ? join(HOME, '.config') : XDG_CONFIG_HOME, 'systemd/user')
    : '/etc/systemd/system'
  const path = join(base, 'govstream.service')
  const text = renderUnit(plan)
  const replace = existsSync(path)
  if (replace && options.force !== true && readFileSync(path, 'utf8') !== text)
    throw new ConfigError([{ path, message: 'expected no other unit, but there is one; --force replaces it' }])
  mkdirSync(dirname(path), { recursive: true })
  await writeNewFile({ path, text, replace, secret: false }, () => undefined)
  const systemctl = own ? 'systemctl --user' : 'systemctl'
  terminal.out(
    [`Wrote ${path}. Now run:`, `  ${systemctl} daemon-reload`, `  ${systemctl} enable --now govstream.service`].join(
      '\n',
    ),
  )
  const lingering = own ? ['A user unit ends when you log out, unless you run: loginctl enable-linger'] : []
  for (const note of [...notes, ...lingering]) terminal.note(foldLines(note, terminal.noteWidth))
  return exitCodes.done
}
