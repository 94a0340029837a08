import { isUnproposed } from '../../domain/proposals/announced.js'
import { defined } from '../../domain/defined.js'
import { ConfigError, type ConfigIssue, StoreError } from '../../domain/errors.js'
import { expectedLabel, type Labels, labelName, labelsText, labelValue } from '../../domain/labels.js'
import { checkPlan, heightProblems, nameProblems } from '../../domain/plans/checkPlan.js'
import { ownPlanKey, ownPlanNameIn } from '../../domain/plans/ownPlan.js'
import { type Plan, planRef } from '../../domain/plans/plan.js'
import { readPlan } from '../../domain/plans/readPlan.js'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { isJsonObject } from '../../domain/text/json.js'
import { cleanLine } from '../../domain/text/text.js'
import { conflictsWith, occupiedBy, votedTwin } from '../../domain/upgrades/occupied.js'
import { isOwn, type Upgrade } from '../../domain/upgrades/upgrade.js'
import { isLive } from '../../domain/upgrades/queueOf.js'
import type { AddedPlan } from '../../store/PlanStore.js'
import type { Store } from '../../store/Store.js'
import { type ListedPlan, planView } from '../../views/planView.js'
import { countText, withCommas } from '../../domain/notifications/phrases.js'
import { exitCodes } from '../exitCodes.js'
import { type Located, locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { plansTable } from '../output/plansTable.js'
import { printJson } from '../output/printJson.js'
import { requireChain } from '../readWatchedChains.js'
import type { Context } from '../Terminal.js'
import { userAtHost } from '../userName.js'
import { withNewStore } from '../withNewStore.js'
import { withStore } from '../withStore.js'
import { dueText } from '../../domain/plans/dueAt.js'

export interface PlanAddOptions extends ChainOptions {
  readonly height: string
  readonly info?: string
  /** Each is a name and a value, split at the first `=`. */
  readonly label?: readonly string[]
}

/** Stores a plan of the operator's own, even if there is no state yet. */
export async function addPlan(name: string, options: PlanAddOptions, { terminal, now }: Context): Promise<number> {
  const plan = planFrom(name, options)
  const labels = labelsFrom(options.label ?? [])
  // The state need not exist yet.
  const located = options.state === undefined ? await locateState(options) : { state: options.state }
  return withNewStore({ state: located.state, what: 'plan' }, (store) => {
    const chain = chainFor(store, located, options.chain)
    requireAddable(store, chain, plan)
    const own: AddedPlan = { chain, plan, ...defined({ labels }), added: { by: userAtHost(), at: now() } }
    store.addPlan(own)
    const next = nextOf(store, located, { chain, now: now() })
    const warnings = checkPlan(plan)
      .warnings.map((warning) => `${warning}\n`)
      .join('')
    if (options.json === true) printJson(terminal, planView(own))
    else
      terminal.out(
        foldLines(
          `Plan ${name} of ${chain}${labels === undefined ? '' : ` (${labelsText(labels)})`} is kept, for ${withCommas(dueText(plan))}. ${next}\n${warnings}`.trim(),
          terminal.width,
        ),
      )
    return exitCodes.done
  })
}

function nextOf(store: Store, { chains }: Located, { chain, now }: { chain: string; now: number }): string {
  if (chains?.find((named) => named.chain === chain)?.enabled === false)
    return `${chain} is not watched (monitor.enabled is false): it is taken up once it is.`
  if (store.holder(now) === undefined) return 'No govstream runs with this state: it is taken up once one does.'
  const outline = store.outline(chain)
  if (outline === undefined || !outline.synced) return `It is taken up once the history of ${chain} has been read.`
  return outline.health.state === 'down'
    ? `${chain} cannot be read now: it is taken up as soon as a poll succeeds.`
    : `The govstream that runs with this state takes it up with its next poll of ${chain}; "govstream sync" polls now.`
}

/** Lists the operator's own plans: the added ones, then those of the configuration that a poll has applied. */
export async function listPlans(options: ChainOptions, { terminal }: Context): Promise<number> {
  const located = await locateState(options)
  return withStore(located, (store) => {
    requireChain(store, located, options.chain)
    const plans = store === undefined ? [] : plansIn(store, options.chain)
    if (options.json === true) printJson(terminal, plans.map(planView))
    else terminal.out(plans.length === 0 ? 'No plans of your own.' : plansTable(plans, terminal))
    return exitCodes.done
  })
}

/** Removes a plan that was added. */
export async function removePlan(given: string, options: ChainOptions, { terminal, now }: Context): Promise<number> {
  const located = await locateState(options)
  return withStore({ state: located.state, readOnly: false }, (store) => {
    requireChain(store, located, options.chain)
    const [found, other] = (store?.addedPlans(options.chain) ?? []).filter(
      ({ chain, plan: { name } }) => name === given || ownPlanKey(chain, name) === given,
    )
    if (found === undefined || other !== undefined) {
      if (options.json === true) printJson(terminal, null)
      terminal.note(
        foldLines(found === undefined ? missing(store, given) : severalChainsText(given), terminal.noteWidth),
      )
      return exitCodes.failed
    }
    const { chain, plan } = found
    const upgrade = store?.outline(chain)?.upgrades.get(ownPlanKey(chain, plan.name))
    store?.removePlan(chain, plan.name, { by: userAtHost(), at: now() })
    if (options.json === true) printJson(terminal, planView(found))
    else
      terminal.out(
        foldLines(
          `Plan ${plan.name} of ${chain} is removed. ${afterwards(upgrade, store?.holder(now()) !== undefined)}`.trim(),
          terminal.width,
        ),
      )
    return exitCodes.done
  })
}

function planFrom(name: string, { height: written, info: text }: PlanAddOptions): Plan {
  const height = /^\d{1,20}$/.test(written) ? Number(written) : NaN
  const info = text === undefined ? undefined : jsonOrText(text)
  const { plan, problems } = readPlan({ name, height, info })
  const issues: ConfigIssue[] = [
    ...nameProblems(name).map((message) => ({ path: `NAME ${cleanLine(name, 100)}`, message })),
    ...heightIssues(height).map((message) => ({ path: `--height ${cleanLine(written, 100)}`, message })),
  ]
  const others = [...new Set([...problems, ...checkPlan(plan).problems])]
  if (issues.length === 0) issues.push(...others.map((message) => ({ path: '--info', message })))
  if (issues.length > 0) throw new ConfigError(issues)
  return plan
}

/** Says what was expected: a typed text that is no whole number is no number to whoever reads a plan. */
function heightIssues(height: number): readonly string[] {
  return height >= 1 ? heightProblems(height) : ['expected a whole number of at least 1']
}

function labelsFrom(pairs: readonly string[]): Labels | undefined {
  const issues: ConfigIssue[] = []
  const labels = new Map<string, string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    const problem = labelProblem(name, value, labels)
    if (problem !== undefined) issues.push({ path: `--label ${cleanLine(pair, 200)}`, message: problem })
    labels.set(name, value)
  }
  if (issues.length > 0) throw new ConfigError(issues)
  return labels.size === 0 ? undefined : Object.fromEntries(labels)
}

function labelProblem(name: string, value: string, before: ReadonlyMap<string, string>): string | undefined {
  if (value === '') return 'expected name=value, such as team=core'
  if (!labelName.test(name)) return expectedLabel.name
  if (!labelValue.test(value)) return expectedLabel.value
  return before.has(name) ? `expected ${name} once` : undefined
}

function jsonOrText(text: string): Plan['info'] {
  const value = parsedJson(text)
  return isJsonObject(value) ? value : text
}

function chainFor(store: Store, located: Located, given: string | undefined): string {
  // The state may still contain a chain that was removed from the configuration; nobody watches it.
  const known = located.chains?.map(({ chain }) => chain) ?? store.chains()
  // A new state without a configuration knows no chains.
  if (given !== undefined && known.length === 0 && /^[a-z0-9-]+$/.test(given)) return given
  requireChain(located.chains === undefined ? store : undefined, located, given)
  const [only] = known
  if (given !== undefined) return given
  if (only !== undefined && known.length === 1) return only
  throw new ConfigError([
    {
      path: '--chain',
      message: `expected the chain that the plan is for${known.length === 0 ? '' : `: one of ${known.join(', ')}`}`,
    },
  ])
}

/** @throws ConfigError if the height has passed, StoreError if the plan conflicts with another one. */
function requireAddable(store: Store, chain: string, plan: Plan): void {
  const outline = store.outline(chain)
  const head = outline?.head?.number
  if (head !== undefined && plan.height !== undefined && BigInt(plan.height) <= head)
    throw new ConfigError([
      { path: `--height ${plan.height}`, message: `expected a height above ${countText(head)}, the head of ${chain}` },
    ])
  const key = ownPlanKey(chain, plan.name)
  const same = outline?.upgrades.get(key)
  if (same !== undefined && same.addedBy === undefined && isLive(same))
    throw new StoreError(`The configuration has a plan named ${plan.name} for ${chain}: change it there.`)
  // The plan would change nothing, and nobody would be notified.
  if (same?.status === 'in_progress')
    throw new StoreError(
      `The upgrade ${plan.name} of ${chain} is in progress: the node carries it out as it is. Nothing was added: for a later plan use another name.`,
    )
  const occupied = occupiedBy(outline?.upgrades.values() ?? [])
  const twin = votedTwin(occupied, plan)
  if (twin !== undefined)
    throw new StoreError(
      `${twin.announced === true ? 'A contract announces' : isUnproposed(twin) ? 'The chain itself has scheduled' : `Proposal ${twin.proposalId} asks for`} the same, and its upgrade is ${twin.status}: nothing is to be added.`,
    )
  const conflicts = conflictsWith(occupied, plan, key, true).map(({ reason }) => reason)
  if (conflicts.length > 0) throw new StoreError(`${withCommas(conflicts.join(' '), [plan.name])} Nothing was added.`)
}

function plansIn(store: Store, only: string | undefined): readonly ListedPlan[] {
  const chains = only === undefined ? store.chains() : [only]
  const upgrades = new Map(
    chains.flatMap((chain) => [...(store.outline(chain)?.upgrades ?? [])].filter(([, upgrade]) => isOwn(upgrade))),
  )
  const added = store.addedPlans(only).map((own): ListedPlan => {
    const upgrade = upgrades.get(ownPlanKey(own.chain, own.plan.name))
    return upgrade !== undefined && upgrade.addedBy === undefined
      ? { ...own, setAside: 'The configuration has a plan of this name, which takes precedence.' }
      : { ...own, ...defined({ upgrade }) }
  })
  const configured = [...upgrades.values()]
    .filter(({ addedBy }) => addedBy === undefined)
    .map((upgrade): ListedPlan => {
      const { chain, info } = upgrade
      return { chain, plan: { ...planRef(upgrade), ...defined({ info }) }, upgrade }
    })
  return [...added, ...configured]
}

function missing(store: Store | undefined, given: string): string {
  const name = ownPlanNameIn(given) ?? given
  const isConfigured = (store === undefined ? [] : plansIn(store, undefined)).some(
    ({ plan, added }) => plan.name === name && added === undefined,
  )
  return isConfigured
    ? `The plan ${name} is one of the configuration: remove it there.`
    : `No plan ${given} was added: see them with "govstream plan list".`
}

function severalChainsText(given: string): string {
  return `Several chains have a plan ${given}: say which with --chain.`
}

/** Says what happens to the upgrade of a removed plan. */
function afterwards(upgrade: Upgrade | undefined, isRunning: boolean): string {
  if (upgrade?.status === 'in_progress') return 'Its upgrade is in progress already: the node carries it out.'
  if (upgrade?.status !== 'scheduled') return ''
  return isRunning
    ? 'Its upgrade is cancelled with the next poll.'
    : 'No govstream runs with this state: its upgrade is cancelled once one does.'
}
