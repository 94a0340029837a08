// The entry `govstream/sources`: what polls a chain. No database and no module of Node's own is loaded with it.
export { createReader, type ReaderOptions, type SyncProgress } from './createReader.js'
export { createHttpEndpoints, type HttpEndpoint, type HttpEndpointOptions } from './http/createHttpEndpoints.js'
export {
  createEndpoints,
  type Endpoint,
  type EndpointOptions,
  endpointsOf,
  type HostClient,
} from './rpc/createEndpoints.js'
export type {
  GovernanceParameters,
  GovernanceReader,
  Member,
  ReadRequest,
  SystemReport,
} from './governance/GovernanceReader.js'
export { pollEvery, type PollOptions } from './pollEvery.js'
export { type HeadReading, pollHeads, type PollHeadsOptions } from './pollHeads.js'
export { pollProposals, type PollProposalsOptions } from './pollProposals.js'
export { createFetchClient, type Fetch } from '../transport/createFetchClient.js'
export type { HttpClient, HttpRequest, HttpResponse } from '../transport/HttpClient.js'
