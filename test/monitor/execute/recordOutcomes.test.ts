import { concatMap, from, lastValueFrom, of, queueScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { recordOutcomes } from '../../../src/monitor/execute/recordOutcomes.js'
import { silentLog } from '../../../src/monitor/monitorLog.js'
import { turn } from '../../support/storeGiven.js'

const failed = (key: string, reason: string): WriteOutcome => ({ result: 'failed', key, reason })
const written = (key: string): WriteOutcome => ({ result: 'written', key, path: '/srv/upgrade-info.json' })
const answered = z.object({ key: z.string(), result: z.string(), reason: z.optional(z.string()) })
const full = 'The disk is full.'

/** The audit entries of these answers, one turn after the other. */
async function recordedOf(turns: readonly (readonly WriteOutcome[])[]): Promise<readonly string[]> {
  const recorded: string[] = []
  let next = 0
  const execute = recordOutcomes(() => from(turns[next++] ?? []), {
    chain: 'local',
    store: {
      record: ({ detail }) => {
        const { key, reason, result } = answered.parse(detail)
        recorded.push(`${key} ${reason ?? result}`)
      },
    },
    log: silentLog,
    now: () => 0,
    scheduler: queueScheduler,
  })
  await lastValueFrom(of(...turns).pipe(concatMap(() => execute(turn()) ?? [])), { defaultValue: undefined })
  return recorded
}

describe('the answers of the writer in the audit trail', () => {
  it('have one entry for a failure that repeats with each poll, also with several upgrades', async () => {
    const poll = [failed('a', full), failed('b', full)]
    expect(await recordedOf([poll, poll, poll])).toStrictEqual([`a ${full}`, `b ${full}`])
  })

  it('have one entry for each reason, also when reasons alternate', async () => {
    const polls = [full, 'The nodes disagree.', full, 'The nodes disagree.'].map((reason) => [failed('a', reason)])
    expect(await recordedOf(polls)).toStrictEqual([`a ${full}`, 'a The nodes disagree.'])
  })

  it('have a new entry for a success after a failure, and for a failure after a success', async () => {
    const polls = [written('a'), written('a'), failed('a', full), written('a'), failed('a', full)].map((one) => [one])
    expect(await recordedOf(polls)).toStrictEqual(['a written', `a ${full}`, 'a written', `a ${full}`])
  })

  it('are remembered up to a limit: a failure not repeated for long is recorded again', async () => {
    const many = Array.from({ length: 200 }, (_, index) => failed(`b${index}`, full))
    expect(
      (await recordedOf([[failed('a', full)], many, [failed('a', full)]])).filter((one) => one.startsWith('a')),
    ).toHaveLength(2)
  })
})
