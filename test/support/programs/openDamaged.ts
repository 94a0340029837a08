import { openStore } from '../../../src/store/openStore.js'

// Opens a state file for writing, reads all of it and closes it; prints the result. The engine may abort the
// process. openDamaged FILE
const [path = ''] = process.argv.slice(2)
const store = openStore({ path })
store.load('local')
store.notifications({})
store.audit({})
process.stdout.write(store.rebuilt() === undefined ? 'opened' : 'rebuilt')
store.forgetRebuilt()
store.close()
