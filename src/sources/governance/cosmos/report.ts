import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { blocksText } from '../../../domain/notifications/phrases.js'
import type { Plan } from '../../../domain/plans/plan.js'
import { isJsonObject, type Json, type JsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { durationText } from '../../../domain/text/time.js'
import { defined } from '../../../domain/defined.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import { durationOf, sdkOne, shareOf } from '../cosmosSdk/scalars.js'
import type { Memory } from './context.js'
import { readPage } from './pages.js'
import { readCurrentPlan } from './plans.js'
import type { Rest } from '../cosmosSdk/rest.js'
import { readNodeInfo } from '../cosmosSdk/verifyServer.js'
import { readParams, readRules } from './tallies.js'
import { govContract } from './toProposal.js'
import { dueText } from '../../../domain/plans/dueAt.js'

const detailKeys = {
  voting: ['voting_period', 'expedited_voting_period'],
  tallying: ['quorum', 'threshold', 'veto_threshold', 'expedited_threshold'],
  deposit: ['min_deposit', 'max_deposit_period', 'expedited_min_deposit', 'min_initial_deposit_ratio'],
} as const

/** Reads the current rules of x/gov. Each value comes from the request for its own kind. */
export async function readParameters(rest: Rest, memory: Memory, now: number): Promise<GovernanceParameters> {
  await findVersion(rest, memory)
  const rules = await readRules(rest, memory, now, true)
  const [voting, tallying, deposit] = await Promise.all([
    readParams(rest, 'voting', memory),
    readParams(rest, 'tallying', memory),
    readParams(rest, 'deposit', memory),
  ])
  const votingPeriod = durationOf(voting?.['voting_period'])
  const { unit, quorum, bonded } = rules
  return {
    contract: govContract,
    name: `x/gov ${memory.versions.get(rest.endpoint) ?? 'v1'}`,
    clock: 'timestamp',
    ...defined({ votingPeriod }),
    ...(quorum !== undefined && bonded !== undefined && { quorum: (quorum * bonded + sdkOne - 1n) / sdkOne }),
    ...defined({ token: unit }),
    details: {
      ...picked(voting, detailKeys.voting),
      ...picked(tallying, detailKeys.tallying),
      ...picked(deposit, detailKeys.deposit),
    },
  }
}

/** What `check` reports about a chain. */
export async function readReport(
  rest: Rest,
  network: string,
  head: Head,
  memory: Memory,
  now: number,
): Promise<SystemReport> {
  const info = await readNodeInfo(rest, network)
  const { name, votingPeriod } = await readParameters(rest, memory, now)
  const quorum = memory.rules?.quorum
  const current = await readCurrentPlan(rest)
  const plan = current?.finding?.plan
  const parts = [
    `${network} at block ${head.number}`,
    ...(info.version === undefined ? [] : [info.version]),
    ...(info.sdk === undefined ? [] : [`Cosmos SDK ${info.sdk}`]),
    name ?? 'x/gov',
    ...(votingPeriod === undefined ? [] : [`votes take ${durationText(votingPeriod)}`]),
    ...(quorum === undefined ? [] : [`quorum ${(shareOf(quorum, sdkOne) * 100).toFixed(1)} %`]),
    current === undefined
      ? 'x/upgrade does not answer'
      : plan === undefined
        ? 'no upgrade scheduled'
        : planText(plan, head),
    ...(rest.isUntold ? ['the REST server reports no heights, so it is unknown whether it lags behind'] : []),
  ]
  return { system: 'cosmos', contract: govContract, summary: parts.join(', ') }
}

/** Describes the plan. After its height it was applied or skipped, but the chain may return it until the next plan. */
function planText({ name, height }: Plan, head: Head): string {
  const upgrade = `upgrade ${cleanLine(name, 128)}`
  const behind = height === undefined ? 0 : Number(head.number) - height
  return behind > 0
    ? `${upgrade} still named although its height ${String(height)} is ${blocksText(behind)} behind`
    : `${upgrade} scheduled for ${dueText({ height })}`
}

async function findVersion(rest: Rest, memory: Memory): Promise<void> {
  if (memory.versions.has(rest.endpoint)) return
  // If the chain fails on the whole list, it still has the version that was asked for.
  if ((await readPage(rest, { status: 'voting' }, memory)) === 'broken' && !memory.versions.has(rest.endpoint)) {
    throw new SourceError('transient', `${rest.place} cannot list its proposals.`)
  }
}

function picked(fields: Readonly<Record<string, unknown>> | undefined, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key): readonly [string, Json][] => {
      const value = fields?.[key]
      if (typeof value === 'string') return [[key, cleanLine(value, 100)]]
      return Array.isArray(value) ? [[key, value.slice(0, 10).map(coinText)]] : []
    }),
  )
}

function coinText(value: unknown): string {
  const { amount, denom } = isJsonObject(value) ? value : {}
  return cleanLine(`${typeof amount === 'string' ? amount : '?'} ${typeof denom === 'string' ? denom : ''}`, 100)
}
