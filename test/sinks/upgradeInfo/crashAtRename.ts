import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

// The temp file is on the disk by then; the process cannot clean up.
const crash = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}
fs.promises.rename = crash
fs.promises.link = crash
syncBuiltinESMExports()
await import('./writeOnce.js')
