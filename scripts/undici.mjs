// What the command line uses of undici, in place of its index, which loads fetch, caches, cookies and mocks as well.
// The paths are not part of undici's interface; its version is pinned, and tests run what is bundled.
import api from '../node_modules/undici/lib/api/index.js'
import Dispatcher from '../node_modules/undici/lib/dispatcher/dispatcher.js'

Object.assign(Dispatcher.prototype, api)

export { default as errors } from '../node_modules/undici/lib/core/errors.js'
export { default as Agent } from '../node_modules/undici/lib/dispatcher/agent.js'
export { default as Client } from '../node_modules/undici/lib/dispatcher/client.js'
export { default as Pool } from '../node_modules/undici/lib/dispatcher/pool.js'
export { default as ProxyAgent } from '../node_modules/undici/lib/dispatcher/proxy-agent.js'
