import { z } from 'zod'
import { proposalTypes } from '../domain/proposal.js'
import { address, httpUrl, list, oneOf, text, whole } from './scalars.js'
import { section } from './section.js'
import { systems } from './systems.js'

const oneOrMore = 'expected a 0x address of 40 hex digits, in quotes, or a list of them'

const regex = text('expected a regular expression').refine(compiles, {
  error: 'expected a regular expression; this one does not compile',
})

/** A rule of the operator's own that gives a proposal its type. */
const classifySchema = section({
  type: oneOf(proposalTypes).describe('The type a matching proposal gets.'),
  title: z.exactOptional(regex).describe('Regular expression the title must match; case does not count.'),
  target: z.exactOptional(address()).describe('Address one of the calls must go to.'),
}).refine(({ title, target }) => title !== undefined || target !== undefined, { error: 'expected a title, a target, or both' })

/** What to read on one chain. */
export const governanceSchema = section({
  system: oneOf(systems).describe('The kind of governance.'),
  address: z.union([
    address().transform((one): readonly string[] => [one]),
    list(address(), 'addresses').min(1, { error: oneOrMore }).readonly(),
  ], { error: oneOrMore }).describe('Governance contract, one or a list.'),
  fromBlock: whole(0).prefault(0).describe('Block to read the history from: the one the contract was deployed in.'),
  rest: list(httpUrl(), 'URLs').max(0, { error: 'expected no REST endpoints: only the system cosmos has them' })
    .readonly().prefault([]).describe('REST endpoints; cosmos only.'),
  classify: list(classifySchema, 'rules').readonly().prefault([])
    .describe('Rules of your own for the type of a proposal. The first that matches wins over all else.'),
})

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'i') instanceof RegExp
  } catch {
    return false
  }
}
