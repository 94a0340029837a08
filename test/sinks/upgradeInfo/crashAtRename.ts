import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

// The temp file is on the disk by then; the process gets no chance to clean up.
fs.promises.rename = () => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}
syncBuiltinESMExports()
await import('./writeOnce.js')
