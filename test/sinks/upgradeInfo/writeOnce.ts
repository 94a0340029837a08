import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { upgrade } from './upgrade.js'

const [home = '', info = ''] = process.argv.slice(2)
const outcome = await writeUpgradeInfo({ home, profile: 'wemixvisor' })(upgrade({ info }), { head: 1n })
process.stdout.write(JSON.stringify(outcome))
