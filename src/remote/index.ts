// The entry `govstream/remote`: the streams of a govstream that runs elsewhere. It loads no database and none of
// Node's own modules.
export { connectMonitor } from './connectMonitor.js'
export type { Connection, ConnectOptions, RemoteMonitor } from './RemoteMonitor.js'
export type { Fetch, FetchInit } from '../transport/createFetchClient.js'
