import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { corpus } from '../../corpus.js'
import { parsed } from './exchange.js'
import { type Fault, errorFault, bodyFault } from './faults.js'

const bodies = new URL('../../../../../shared/corpus/rpc/bodies/', import.meta.url)
const rpcSchema = z.array(z.object({ id: z.number(), kind: z.string(), body: z.string().nullish() }))
const lcdSchema = z.array(z.object({ httpStatus: z.number().nullish(), body: z.string().nullish() }))

/** The number of cases in each file, reported as skipped if the corpus is missing. */
const expected = { bodies: 8, 'error objects': 21, 'answers of REST servers': 17 }

/** Real answers of nodes and gateways, by their place in the corpus; empty if it is missing. */
export function corpusFaults(): Readonly<Record<string, Fault>> {
  const rpc = corpus('rpc/evm-rpc-errors.json')
  const lcd = corpus('rpc/cosmos-lcd-errors.json')
  if (rpc === undefined || lcd === undefined || !existsSync(bodies)) {
    const said = Object.entries(expected).map(([what, count]) => `${count} ${what}`)
    process.stdout.write(`Skipped, for the corpus is not there: ${said.join(', ')}\n`)
    return {}
  }
  const errors = rpcSchema.parse(rpc).flatMap(({ id, kind, body }) => {
    const error = /^(?:error object, )?verbatim/.test(kind) ? errorIn(body ?? '') : undefined
    return error === undefined ? [] : [[`error ${id}`, errorFault(error)] as const]
  })
  const raw = readdirSync(bodies).map((name) => {
    const isPage = name.endsWith('.html')
    const body = readFileSync(new URL(name, bodies), 'utf8')
    return [`body ${name}`, bodyFault(isPage ? 503 : 200, body, isPage ? 'text/html' : 'application/json')] as const
  })
  const rest = lcdSchema
    .parse(lcd)
    .flatMap(({ httpStatus, body }, at) =>
      typeof httpStatus === 'number' && httpStatus >= 200 && typeof body === 'string'
        ? [[`answer ${at}`, bodyFault(httpStatus, body, 'application/json')] as const]
        : [],
    )
  return Object.fromEntries([...errors, ...raw, ...rest])
}

/** The error object in a text: alone, or in an answer. */
function errorIn(text: string): object | undefined {
  const error = z.looseObject({ message: z.string() })
  return z.union([z.object({ error }).transform((answer) => answer.error), error]).safeParse(parsed(text)).data
}
