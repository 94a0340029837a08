import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { diskReason } from './diskReason.js'
import { isMissing, lstatIfThere, readUpgradeInfo } from './readUpgradeInfo.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

/** What stands in the way of the file, and what it holds now. Sentences for people. */
export interface HomeReport {
  readonly problem?: string
  readonly summary: string
}

/** Looks whether the file of a home can be written when its time comes. Touches nothing and never rejects. */
export async function inspectHome(home: string): Promise<HomeReport> {
  const path = upgradeInfoPath(home)
  try {
    await requireDirectory(home, `the home ${resolve(home)}`)
    const data = join(home, 'data')
    const there = (await lstatIfThere(data)) !== undefined
    if (there) await requireDirectory(data, resolve(data))
    await access(there ? data : home, constants.W_OK | constants.X_OK)
    const { content } = await readUpgradeInfo(path)
    if (content.kind === 'foreign') return { summary: path, problem: `${path} ${content.problem}: it is not ours to replace. Move it away.` }
    return { summary: content.kind === 'plan' ? `${path} holds ${content.plan.name} at height ${content.plan.height}` : `${path} can be written` }
  } catch (cause) {
    return { summary: path, problem: `${path} cannot be written: ${diskReason(cause)}.` }
  }
}

async function requireDirectory(path: string, name: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw isMissing(cause) ? new Error(`${name} does not exist; check upgradeInfo.home`) : cause
  })
  if (!found.isDirectory()) throw new Error(`${name} is not a directory; check upgradeInfo.home`)
}
