import { existsSync } from 'node:fs'
import { readEnvironment } from '../../config/environment.js'
import { loadConfig } from '../../config/loadConfig.js'
import { ConfigError } from '../../domain/errors.js'
import { secretsInUrl } from '../../domain/secrets/secretsInUrl.js'
import { chainName } from '../../schema/writtenText.js'
import { defined } from '../../domain/defined.js'
import { systemsThatOnlyTell } from '../../config/systems.js'
import { chooseHome } from '../init/chooseHome.js'
import { findHistory } from '../init/findHistory.js'
import { findManagers } from '../init/findManagers.js'
import { detectChain, type DetectedChain } from '../init/detectChain.js'
import type { InitOptions } from '../init/InitOptions.js'
import { type Interview, interview } from '../init/interview.js'
import { renderConfig } from '../init/renderConfig.js'
import { writeNewFile } from '../init/writeNewFile.js'
import { exitCodes } from '../exitCodes.js'
import { defaultConfigFile } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import type { Context } from '../Terminal.js'
import { check } from './check.js'

/**
 * Writes the first configuration: takes the required values from options, answers and defaults, detects the rest, and
 * runs `check` on the result, whose exit code it returns.
 *
 * @throws ConfigError, SourceError: then nothing was written.
 */
export async function init(options: InitOptions, context: Context): Promise<number> {
  const { terminal, signal, nodeHomes } = context
  const file = options.config ?? defaultConfigFile
  const environment = readEnvironment()
  const talk = interview(context, { yes: options.yes === true })
  const replace = existsSync(file)
  if (replace) await agreeToReplace(file, options, talk)
  const found = await detectChain(options, talk, { environment, signal })
  const { rpc, rest, system, address, chainId } = found
  const history =
    address === undefined ? undefined : await findHistory(options, talk, { url: rpc.url, address, signal })
  const name = await nameOf(options, found, talk)
  const managers = await findManagers(environment, nodeHomes)
  const choice = systemsThatOnlyTell.includes(found.system)
    ? {}
    : await chooseHome(options, talk, { environment, managers })
  const secret = [rpc, ...(rest === undefined ? [] : [rest])].some(
    ({ written, url }) => written === url && secretsInUrl(url).length > 0,
  )
  const text = renderConfig({
    name,
    system,
    managers,
    rpc: rpc.written,
    ...defined({ chainId, address, history, rest: rest?.written }),
    ...choice,
  })
  await writeNewFile({ path: file, text, secret, replace }, (draft) => void loadConfig(draft, environment))
  const say = (line: string): void => terminal.out(foldLines(line, terminal.width))
  say(`Wrote ${file}${secret ? ', for you alone to read (mode 0600): a URL in it holds what may be a key' : ''}.`)
  const code = await check({ config: file }, context)
  say(nextSteps(file, code, secret))
  return code
}

async function agreeToReplace(file: string, { force }: InitOptions, talk: Interview): Promise<void> {
  if (force === true) return
  const refusal = new ConfigError([
    { path: file, message: 'expected no file, but there is one; --force replaces it, --config FILE names another' },
  ])
  if (!talk.live) throw refusal
  const question = { flag: '--force', expected: 'y or n', asks: `${file} is there. Replace it?`, fallback: 'n' }
  const agreed = await talk.answer(question, (text) => /^y(es)?$/i.test(text))
  if (!agreed) throw refusal
}

async function nameOf(options: InitOptions, { chainId }: DetectedChain, talk: Interview): Promise<string> {
  const called = typeof chainId === 'number' ? `chain-${chainId}` : (chainId ?? 'main')
  const fallback = called
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 64)
  const question = {
    flag: '--name',
    given: options.name,
    expected: 'a name for the chain',
    asks: 'Name of the chain',
    fallback,
  }
  return talk.answer(question, (text) => {
    if (/^[a-z0-9-]+$/.test(text)) return text
    throw new ConfigError([{ path: '--name', message: chainName }])
  })
}

function nextSteps(file: string, code: number, secret: boolean): string {
  const config = file === defaultConfigFile ? '' : ` --config ${file}`
  const steps: readonly (readonly [command: string, does: string])[] = [
    ...(code === exitCodes.done ? [] : [[`check${config}`, 'once its findings are fixed'] as const]),
    [`run${config}`, 'starts it here, until Ctrl-C'],
    [`service install${config}`, 'runs it under systemd'],
    [`status${config}`, 'how it is doing, from another terminal'],
  ]
  const width = Math.max(...steps.map(([command]) => command.length))
  return [
    '',
    'Next:',
    ...steps.map(([command, does]) => `  govstream ${command.padEnd(width)}  ${does}`),
    ...(secret ? ['', 'The key is better kept in the environment: write "${RPC_URL}" in its place.'] : []),
  ].join('\n')
}
