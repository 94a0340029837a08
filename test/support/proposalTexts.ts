import { decodeAbiParameters, parseAbiParameters } from 'viem'
import { z } from 'zod'

const created = parseAbiParameters(
  'uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, string',
)

/** Logs of a corpus file as the descriptions of the proposals in them, in order. */
export const proposalLogs = z
  .object({
    logs: z.array(z.object({ event: z.string(), data: z.custom<`0x${string}`>((data) => typeof data === 'string') })),
  })
  .transform(({ logs }) =>
    logs.filter(({ event }) => event === 'ProposalCreated').map(({ data }) => decodeAbiParameters(created, data)[8]),
  )
