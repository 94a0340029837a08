// Entry point `govstream/sources`: polling of chains. It loads neither a database nor a built-in module of Node.
export {
  createReader,
  type ReaderOptions,
  type SyncProgress,
  type EvmReaderOptions,
  type ReaderDefaults,
} from './createReader.js'
export { createHttpEndpoints, type HttpEndpoint, type HttpEndpointOptions } from './http/createHttpEndpoints.js'
export {
  createEvmEndpoints,
  type EvmEndpoint,
  type EvmEndpointOptions,
  evmEndpointsOf,
  type ViemClient,
} from './rpc/createEvmEndpoints.js'
export type {
  GovernanceParameters,
  GovernanceReader,
  NodeState,
  Member,
  ReadRequest,
  SystemReport,
  UnvouchedReading,
} from './governance/GovernanceReader.js'
export type { ReaderTraits } from './governance/ReaderTraits.js'
export { pollEvery, type PollOptions } from './pollEvery.js'
export { type HeadReading, pollHeads, type PollHeadsOptions } from './pollHeads.js'
export { pollProposals, type PollProposalsOptions, type StartingPoint } from './pollProposals.js'
export { createFetchClient, type Fetch, type FetchInit } from '../transport/createFetchClient.js'
export type { HttpClient, HttpRequest, HttpResponse } from '../transport/HttpClient.js'
export type { CosmosReaderOptions } from './governance/cosmos/context.js'
export type { ForkConfigReaderOptions } from './governance/forkConfig/context.js'
export type { SignalReaderOptions } from './governance/signal/context.js'
export type { DescribeProposal, EvmContext, EvmOptions } from './governance/evm/context.js'
export type { Finality } from './governance/evm/target.js'
export type { WemixvisorReaderOptions } from './governance/wemixvisorRpc/context.js'
export type { RequestContextOptions } from './http/requestContext.js'
export type { HttpJsonResponse } from './http/requestJson.js'
export type { JsonRpcError } from './jsonRpc/JsonRpcError.js'
export {
  createJsonRpcEndpoints,
  type JsonRpcEndpoint,
  type JsonRpcEndpointOptions,
} from './jsonRpc/createJsonRpcEndpoints.js'
export type { JsonRpcAnswer, JsonRpcCall } from './jsonRpc/matchAnswers.js'
