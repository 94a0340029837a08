import { decodeAbiParameters, parseAbiParameters } from 'viem'
import { z } from 'zod'

const created = parseAbiParameters(
  'uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, string',
)

/** The descriptions of the proposals in the logs of a corpus file, in order. */
export const proposalLogs = z
  .object({
    logs: z.array(z.object({ event: z.string(), data: z.custom<`0x${string}`>((data) => typeof data === 'string') })),
  })
  .transform(({ logs }) =>
    logs.filter(({ event }) => event === 'ProposalCreated').map(({ data }) => decodeAbiParameters(created, data)[8]),
  )
