import type { ServerResponse } from 'node:http'
import { z } from 'zod'

const callSchema = z.looseObject({
  id: z.union([z.number(), z.string()]),
  method: z.string(),
  params: z.unknown().optional(),
})
export type Call = z.infer<typeof callSchema>
const callsSchema = z.union([z.array(callSchema), callSchema.transform((call) => [call])])
const answerSchema = z.looseObject({ id: z.unknown() })
export type Answer = z.infer<typeof answerSchema>
const answersSchema = z.union([z.array(answerSchema), answerSchema.transform((answer) => [answer])])

/** The answer of a node to one request. */
export interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One request that waits for its answer. */
export interface Exchange {
  /** The JSON-RPC calls in it; none if it is of another kind. */
  readonly calls: readonly Call[]
  readonly response: ServerResponse
  readonly random: () => number
  /** Clock of the server, Unix milliseconds. */
  readonly now: () => number
  /** The answer of the node. */
  readonly ask: () => Promise<Said>
  /** The answer of a node of another chain. */
  readonly askStranger: () => Promise<Said>
  /** Earlier answers of the node to the same call or request, oldest first; a cache keeps them. */
  readonly earlier: (call?: Call) => readonly Said[]
}

/** The calls of a body, none if it is not JSON-RPC. */
export function callsIn(body: string): readonly Call[] {
  return callsSchema.safeParse(parsed(body)).data ?? []
}

/** The answers of a body in order, none if it is not JSON-RPC. */
export function answersIn(body: string): readonly Answer[] {
  return answersSchema.safeParse(parsed(body)).data ?? []
}

/** The same with other answers, in a list if they were in one. */
export function withAnswers(said: Said, change: (answers: readonly Answer[]) => readonly object[]): Said {
  const answers = change(answersIn(said.body))
  return { ...said, body: JSON.stringify(Array.isArray(parsed(said.body)) ? answers : answers[0]) }
}

export function parsed(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    return value
  } catch {
    return undefined
  }
}

export function say({ response }: Exchange, { status, headers, body }: Said): void {
  response.writeHead(status, headers).end(body)
}
