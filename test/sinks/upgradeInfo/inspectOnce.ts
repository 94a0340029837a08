import { inspectHome } from '../../../src/sinks/upgradeInfo/inspectHome.js'

const [home = ''] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await inspectHome(home, Date.now())))
