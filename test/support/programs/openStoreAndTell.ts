import { openStore } from '../../../src/store/openStore.js'

// Opens a state file, perhaps spawned as another user, and prints "open" or the error.
// openStoreAndTell FILE [read]
const [path = '', how = ''] = process.argv.slice(2)
try {
  openStore({ path, readOnly: how === 'read' }).close()
  process.stdout.write('open')
} catch (cause) {
  process.stdout.write(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause))
}
