// Preloaded into the program: name servers that never answer, and a timer that never ends.
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

class Resolver extends dns.promises.Resolver {
  constructor(options) {
    super(options)
    this.setServers([process.env.SILENT_NAME_SERVER])
  }
}
dns.promises.Resolver = Resolver
syncBuiltinESMExports()
setInterval(() => undefined, 1_000_000)
