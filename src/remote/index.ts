// The entry `govstream/remote`: the streams of a govstream that runs elsewhere. No database and no module of Node's own
// is loaded with it.
export { connectMonitor } from './connectMonitor.js'
export type { Connection, ConnectOptions, RemoteMonitor } from './RemoteMonitor.js'
export type { Fetch, FetchInit } from '../transport/createFetchClient.js'
