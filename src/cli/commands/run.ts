import { createRedaction } from '../../config/createRedaction.js'
import type { ConfigDifference } from '../../config/differenceOf.js'
import { defined } from '../../domain/defined.js'
import { inspectFile } from '../../monitor/inspectFile.js'
import { readEnvironment } from '../../config/environment.js'
import { readVersion } from '../../config/readVersion.js'
import { assembleMonitor } from '../../monitor.js'
import { permissionProblem } from '../../store/file/permissionProblem.js'
import { fingerprintOf } from '../fileChanges.js'
import { exitCodes } from '../exitCodes.js'
import { createLogger } from '../logger.js'
import type { StartOptions } from '../options.js'
import { reloadFile } from '../reloadFile.js'
import { firstReadings } from '../service/firstReadings.js'
import { tellServiceManager } from '../service/tellServiceManager.js'
import { configFileOf, startConfig } from '../startConfig.js'
import { tuneEngine } from '../tuneEngine.js'
import type { Context } from '../Terminal.js'

/** Polls, schedules, writes and notifies until the process is asked to stop. */
export async function run(options: StartOptions, context: Context): Promise<number> {
  const file = configFileOf(options)
  const read = file === undefined ? undefined : fingerprintOf(file)
  const config = startConfig(options)
  tuneEngine()
  const { now, signal } = context
  const { conceal, cover } = createRedaction(config)
  const { log, onProgress, end } = createLogger(config, context, conceal)
  log.info(
    { version: readVersion(), state: config.state, chains: config.chains.map(({ name }) => name) },
    'govstream starts',
  )
  const loose = permissionProblem(config.state)
  if (loose !== undefined) log.warn({}, loose)
  // Not awaited: a disk that hangs must not delay the chains.
  for (const { name, upgradeInfo } of config.chains) {
    void inspectFile(upgradeInfo, now()).then((report) => {
      if (report?.problem !== undefined) log.error({ chain: name }, report.problem)
    })
  }
  signal.addEventListener(
    'abort',
    () => {
      log.info({}, 'stopping: work in flight may finish; a second signal stops at once')
    },
    { once: true },
  )
  let current = config
  const reread = (by: string): ConfigDifference => {
    const next = startConfig(options)
    const uncover = cover(next)
    const difference = uncoverIfRefused(() => monitor.reload(next, { by }), uncover)
    current = next
    log.level = next.log.level
    return difference
  }
  const monitor = assembleMonitor(config, { log, ...defined({ onProgress }), ...(file !== undefined && { reread }) })
  if (file !== undefined) reloadFile({ ...context, file, read, current: () => current, reread, log })
  const running = monitor.run({ signal }).finally(end)
  const told = tellServiceManager({
    environment: readEnvironment(),
    ready: () => firstReadings(monitor, () => current),
    stopping: signal,
    warn: (text) => log.warn({}, text),
  })
  await running
  // Waits for the last notice to the service manager before the process ends.
  if (signal.aborted) await told
  log.info({}, 'govstream stopped')
  return exitCodes.done
}

/** Undoes `uncover` for a rejected configuration: it was never used, so its secrets need not be concealed. */
function uncoverIfRefused<T>(takeUp: () => T, uncover: () => void): T {
  try {
    return takeUp()
  } catch (error) {
    uncover()
    throw error
  }
}
