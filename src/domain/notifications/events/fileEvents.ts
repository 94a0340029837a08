import { utc } from '../../text/localTime.js'
import { examplePlan } from '../examples/exampleChain.js'
import { heightText } from '../phrases.js'
import { event } from './eventDeclaration.js'
import { asRead, clauseOf, planFacts } from './sentences.js'

/** The plan whose file is left over, the path of the file, and why it stays. */
export type LeftoverData = {
  readonly name: string
  readonly height: number
  readonly path: string
  readonly reason: string
}

const advice = 'Keep the file only if you want that upgrade: a process manager may act on it.'

export const fileEvents = {
  file_stale: event<LeftoverData>({
    priority: 'critical',
    when: '`upgrade-info.json` still holds a plan that is cancelled',
    title: ({ name, height }) => `upgrade-info.json still holds ${name} for height ${heightText(height)}`,
    message: ({ reason }, { chain }) => [`${chain}: ${clauseOf(asRead(reason, utc))} ${advice}`],
    say: (data, _, { clock }) => ({
      lines: [clauseOf(asRead(data.reason, clock))],
      facts: [...planFacts(data), { name: 'File', value: data.path }],
      about: { height: data.height },
      advice,
    }),
    subject: ({ height }, chain) => `${chain}/file/${height}`,
    example: (options) => {
      const { name, height } = examplePlan(options)
      return {
        name,
        height,
        path: '/var/lib/node/data/upgrade-info.json',
        reason: `The plan ${name} is cancelled, and its file was not written by govstream.`,
      }
    },
  }),
}
