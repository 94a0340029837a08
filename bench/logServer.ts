// A node in a process of its own: it answers with generated logs of one governor, and prints the URL where it listens.
import { createServer } from 'node:http'
import { text as bodyOf } from 'node:stream/consumers'
import {
  decodeFunctionData,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
  keccak256,
  multicall3Abi,
  numberToHex,
  parseAbi,
  parseAbiParameters,
  slice,
  stringToBytes,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem'
import { z } from 'zod'
import { multicallCode } from '../src/sources/rpc/multicallCode.js'

const logCount = Number(process.argv[2])
const blockCount = Number(process.argv[3])
const governor = '0x00000000000000000000000000000000000000a1'
const events = parseAbi([
  'event ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)',
  'event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason)',
  'event ProposalExecuted(uint256 proposalId)',
])
// Each proposal has twenty logs: its creation, eighteen votes, its execution.
const perProposal = 20
const addressOf = (index: number): `0x${string}` => `0x${index.toString(16).padStart(40, 'b')}`
const hashOf = (block: number): Hex => numberToHex(block + 1, { size: 32 })

/** Computes the id of a proposal as OpenZeppelin does. */
const idOf = (
  targets: readonly Hex[],
  values: readonly bigint[],
  calldatas: readonly Hex[],
  descriptionHash: Hex,
): bigint =>
  BigInt(
    keccak256(
      encodeAbiParameters(parseAbiParameters('address[], uint256[], bytes[], bytes32'), [
        targets,
        values,
        calldatas,
        descriptionHash,
      ]),
    ),
  )
const descriptionOf = (proposal: number): string =>
  `# Proposal ${proposal}\n\n${'What it is for, and why now. '.repeat(20)}`
const ids = Array.from({ length: Math.ceil(logCount / perProposal) }, (_, proposal) =>
  idOf([addressOf(2)], [0n], ['0xa9059cbb'], keccak256(stringToBytes(descriptionOf(proposal)))),
)

function logAt(index: number): { readonly topics: readonly unknown[]; readonly data: Hex } {
  const proposal = Math.floor(index / perProposal)
  const id = ids[proposal] ?? 0n
  const part = index % perProposal
  if (part === 0) {
    return {
      topics: encodeEventTopics({ abi: events, eventName: 'ProposalCreated' }),
      data: encodeAbiParameters(
        parseAbiParameters('uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, string'),
        [id, addressOf(1), [addressOf(2)], [0n], [''], ['0xa9059cbb'], 1n, 2n, descriptionOf(proposal)],
      ),
    }
  }
  if (part === perProposal - 1) {
    return {
      topics: encodeEventTopics({ abi: events, eventName: 'ProposalExecuted' }),
      data: encodeAbiParameters(parseAbiParameters('uint256'), [id]),
    }
  }
  return {
    topics: encodeEventTopics({ abi: events, eventName: 'VoteCast', args: { voter: addressOf(part) } }),
    data: encodeAbiParameters(parseAbiParameters('uint256, uint8, uint256, string'), [
      id,
      part % 3,
      10n ** 18n,
      'because',
    ]),
  }
}

const blockOf = (index: number): number => Math.floor((index * blockCount) / logCount)
const logs = Array.from({ length: logCount }, (_, index) => {
  const block = blockOf(index)
  return JSON.stringify({
    address: governor,
    ...logAt(index),
    blockNumber: numberToHex(block),
    blockHash: hashOf(block),
    logIndex: numberToHex(index),
    transactionHash: hashOf(index),
    transactionIndex: '0x0',
    removed: false,
    blockTimestamp: numberToHex(1_700_000_000 + block),
  })
})

const word = (value: bigint): Hex => numberToHex(value, { size: 32 })
const text = (value: string): Hex => encodeAbiParameters(parseAbiParameters('string'), [value])
const views = new Map(
  (
    [
      ['function votingDelay()', word(1n)],
      ['function votingPeriod()', word(10n)],
      ['function COUNTING_MODE()', text('support=bravo&quorum=for,abstain')],
      ['function CLOCK_MODE()', text('mode=blocknumber&from=default')],
      ['function hashProposal(address[],uint256[],bytes[],bytes32)', word(idOf([], [], [], zeroHash))],
      ['function state(uint256)', word(7n)],
      ['function proposalVotes(uint256)', `${word(1n)}${word(2n).slice(2)}${word(3n).slice(2)}`],
    ] as const
  ).map(([signature, result]) => [toFunctionSelector(signature), result]),
)

function answerCall(data: string): Hex {
  // Code that asks for the number of the block.
  if (!data.startsWith(multicallCode)) return word(BigInt(blockCount))
  const inner =
    `${toFunctionSelector('aggregate3((address,bool,bytes)[])')}${data.slice(multicallCode.length)}` as const
  const { functionName, args } = decodeFunctionData({ abi: multicall3Abi, data: inner })
  if (functionName !== 'aggregate3') throw new Error(`Not expected: ${functionName}`)
  return encodeFunctionResult({
    abi: multicall3Abi,
    functionName: 'aggregate3',
    result: args[0].map(({ callData }) => {
      const returnData = views.get(slice(callData, 0, 4))
      return { success: returnData !== undefined, returnData: returnData ?? '0x' }
    }),
  })
}

const callSchema = z.object({ id: z.number(), method: z.string(), params: z.array(z.unknown()).default([]) })
const rangeSchema = z.tuple([z.object({ fromBlock: z.string(), toBlock: z.string() })])
const dataSchema = z.looseObject({ data: z.string() })

function resultOf(method: string, params: readonly unknown[]): string {
  switch (method) {
    case 'eth_chainId':
      return '"0x1"'
    case 'web3_clientVersion':
      return '"bench/1"'
    case 'eth_getCode':
      return '"0x60"'
    case 'eth_blockNumber':
      return JSON.stringify(numberToHex(blockCount))
    case 'eth_call':
      return JSON.stringify(answerCall(dataSchema.parse(params[0]).data))
    case 'eth_getBlockByNumber': {
      const number = params[0] === 'latest' ? blockCount : Number(params[0])
      return JSON.stringify({
        number: numberToHex(number),
        hash: hashOf(number),
        parentHash: hashOf(number - 1),
        timestamp: numberToHex(1_700_000_000 + number),
        miner: zeroAddress,
      })
    }
    case 'eth_getLogs': {
      const [{ fromBlock, toBlock }] = rangeSchema.parse(params)
      // The first log at or after a block: the inverse of `blockOf`.
      const first = (block: number): number => Math.min(logCount, Math.ceil((block * logCount) / blockCount))
      return `[${logs.slice(first(Number(fromBlock)), first(Number(toBlock) + 1)).join(',')}]`
    }
    default:
      return 'null'
  }
}

const server = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    const parsed: unknown = JSON.parse(body)
    const answer = (call: unknown): string => {
      const { id, method, params } = callSchema.parse(call)
      return `{"jsonrpc":"2.0","id":${id},"result":${resultOf(method, params)}}`
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(Array.isArray(parsed) ? `[${parsed.map(answer).join(',')}]` : answer(parsed))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  process.stdout.write(`http://127.0.0.1:${address.port}\n`)
})
