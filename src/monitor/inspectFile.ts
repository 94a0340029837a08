import { setTimeout } from 'node:timers/promises'
import { readEnvironment } from '../config/environment.js'
import type { ChainConfig } from '../config/schema.js'
import { hasHeight } from '../domain/plans/dueAt.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import { findProgram } from '../programs/findProgram.js'
import { type HomeReport, inspectHome } from '../sinks/upgradeInfo/inspectHome.js'
import { upgradeInfoPath } from '../sinks/upgradeInfo/upgradeInfoPath.js'

// Time limit in milliseconds, longer than a working disk needs.
const limitMs = 10_000

async function inTime(report: Promise<HomeReport>, path: string): Promise<HomeReport> {
  const cut = new AbortController()
  const late = setTimeout(limitMs, undefined, { signal: cut.signal }).then((): HomeReport => ({
    summary: path,
    problem: `${path} cannot be written: no answer within ${limitMs / 1000} s. Check whether the disk hangs.`,
  }))
  const first = await Promise.race([report, late])
  cut.abort()
  late.catch(() => undefined)
  return first
}

/**
 * Reports problems with the upgrade file of a chain and with the command after it; with an `upgrade`, for the file of
 * that upgrade. Returns undefined if no file is written. `now` is the host clock in Unix milliseconds.
 */
export async function inspectFile(
  { home, profile, when, afterWrite }: ChainConfig['upgradeInfo'],
  now: number,
  upgrade?: Upgrade,
): Promise<HomeReport | undefined> {
  if (home === undefined || when === 'never') return undefined
  const toCome = upgrade !== undefined && hasHeight(upgrade) ? { ...upgrade, profile } : undefined
  const report = await inTime(inspectHome(home, now, toCome), upgradeInfoPath(home))
  const [program] = afterWrite?.command ?? []
  if (report.problem !== undefined || program === undefined) return report
  if ((await findProgram(program, readEnvironment()['PATH'])) !== undefined) return report
  return {
    ...report,
    problem: `The command of upgradeInfo.afterWrite, ${program}, is not there or may not be run: give its full path and make it executable.`,
  }
}
