import { openStore } from '../../../src/store/openStore.js'

// Claims the state as process 1 of a host does, at 1,001 ms, and says who has it else.
const [path = ''] = process.argv.slice(2)
process.stdout.write(JSON.stringify(openStore({ path, pid: 1, host: 'here' }).claim(1_001) ?? 'mine'))
