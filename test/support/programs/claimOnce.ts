import { openStore } from '../../../src/store/openStore.js'

// Claims the state as process 1 of a host, at 1,001 ms, and prints the other holder.
const [path = ''] = process.argv.slice(2)
process.stdout.write(JSON.stringify(openStore({ path, pid: 1, host: 'here' }).claim(1_001) ?? 'mine'))
