import { withDataDirectory } from './disk/withDataDirectory.js'
import type { WrittenPlan } from './parseUpgradeInfo.js'
import { readUpgradeInfo } from './readUpgradeInfo.js'

/** The plan that the file of a home holds now, no matter who wrote it; undefined if there is none. Never rejects. */
export async function planInFile(home: string): Promise<WrittenPlan | undefined> {
  const found = await withDataDirectory(home, {}, (directory) => readUpgradeInfo(directory)).catch(() => undefined)
  return found?.content.kind === 'plan' ? found.content.plan : undefined
}
