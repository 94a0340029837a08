import type { UpgradeStatus } from '../../upgrades/upgrade.js'
import { durationText } from '../../text/time.js'
import { type ExampleOptions, examplePlan } from '../examples/exampleChain.js'
import type { MessageText } from '../messageText.js'
import { event, over } from './eventDeclaration.js'
import { partSubject, planSubject } from './planSubject.js'
import { planFacts, upgradeLinks } from './sentences.js'

/** The result of the command of `upgradeInfo.afterWrite`. */
export type HookData = {
  /** The key of the upgrade. */
  readonly key: string
  readonly contract: string
  readonly proposalId: string | null
  readonly name: string
  readonly height: number | null
  readonly time: string | null
  /** How the upgrade stood when the command had ended. An earlier version does not write it. */
  readonly status?: UpgradeStatus
  /** Such as `ended with exit code 1`. */
  readonly summary: string
  /** The beginning of the command's output. */
  readonly output: string
  /** Duration in milliseconds. */
  readonly ms: number
}

const advice = 'The file is in place. Now do by hand what the command should have done.'

export const hookEvents = {
  hook_failed: event<HookData>({
    priority: 'critical',
    when: 'the command of `upgradeInfo.afterWrite` failed',
    title: ({ name }) => `The afterWrite command failed for ${name}`,
    message: (data, { chain }) => {
      const [ended = '', ...printed] = excerptLines(data)
      return [`${chain}: ${ended}`, advice, ...printed]
    },
    say: (data) => ({ ...hookText(data), advice }),
    subject: hookSubject,
    // Nothing comes after the end of the upgrade that would close it.
    standing: (data) => ('status' in data && isSettled(data.status) ? 'over' : 'open'),
    example: (options) => runOf(options, { summary: 'ended with exit code 1', output: 'no such unit' }),
  }),
  hook_ran: event<HookData>({
    priority: 'low',
    when: 'the command of `upgradeInfo.afterWrite` succeeded',
    title: ({ name }) => `The afterWrite command ran for ${name}`,
    message: (data, { chain }) => {
      const [ended = '', ...printed] = excerptLines(data)
      return [`${chain}: ${ended}`, ...printed]
    },
    say: hookText,
    subject: hookSubject,
    standing: over,
    example: (options) => runOf(options, { summary: 'ended with exit code 0', output: '' }),
  }),
}

/** Uses a subject of its own, because the result of the command does not end the upgrade. */
function hookSubject(data: HookData, chain: string): string {
  return partSubject(planSubject(data, chain), 'hook')
}

const maxExcerpt = 1_000

function excerptLines(data: HookData): readonly string[] {
  return hookLines({ ...data, output: data.output.slice(0, maxExcerpt) })
}

/** Returns the result of the command as a clause that ends with a full stop, and its output. */
function hookLines({ summary, output, ms }: Pick<HookData, 'summary' | 'output' | 'ms'>): readonly string[] {
  const took = ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : durationText(ms / 1000)
  return [
    `the command of upgradeInfo.afterWrite ${summary} after ${took}.`,
    ...(output === '' ? [] : [`It printed: ${output}`]),
  ]
}

function hookText(data: HookData): MessageText {
  return { lines: hookLines(data), facts: planFacts(data), about: upgradeLinks(data) }
}

function isSettled(status: UpgradeStatus | undefined): boolean {
  return status === 'completed' || status === 'cancelled' || status === 'past'
}

function runOf(options: ExampleOptions, run: Pick<HookData, 'summary' | 'output'>): HookData {
  return { ...examplePlan(options), ...run, ms: 1_500 }
}
