import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

// Another process puts its plan there between the last check and the rename.
const [deed = '', home = ''] = process.argv.slice(2)
const { rename } = fs.promises
const file = join(home, 'data', 'upgrade-info.json')
let isFirst = true
fs.promises.rename = (from, to) => {
  if (isFirst) {
    fs.writeFileSync(`${file}.new`, '{"name":"theirs","height":2000}')
    fs.renameSync(`${file}.new`, file)
  }
  isFirst = false
  return rename(from, to)
}
syncBuiltinESMExports()
const { archiveUpgradeInfo } = await import('../../../src/sinks/upgradeInfo/archiveUpgradeInfo.js')
const { removeUpgradeInfo } = await import('../../../src/sinks/upgradeInfo/removeUpgradeInfo.js')
const ours = { name: 'v2', height: 1_000 }
const outcome = await (deed === 'archive'
  ? archiveUpgradeInfo({ home })(ours)
  : removeUpgradeInfo({ home, profile: 'cosmovisor' })(ours, { head: 1n }))
process.stdout.write(outcome.result)
