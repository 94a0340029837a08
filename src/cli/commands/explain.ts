import { isUnproposedKey } from '../../domain/proposals/announced.js'
import { defined } from '../../domain/defined.js'
import { ConfigError } from '../../domain/errors.js'
import { ownPlanKey, ownPlanNameIn } from '../../domain/plans/ownPlan.js'
import { withCommas } from '../../domain/notifications/phrases.js'
import { notificationSubject } from '../../domain/notifications/announcement.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import { isJsonObject } from '../../domain/text/json.js'
import { isoOfMs } from '../../domain/text/time.js'
import { cleanLine } from '../../domain/text/text.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import type { AuditEntry, Store } from '../../store/Store.js'
import { explain as explanationOf, type Explained, explanationView } from '../../views/explain.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { printJson } from '../output/printJson.js'
import { type ShortId, shortIdsBy, wholeIds } from '../output/shortIds.js'
import { secondOfMsText } from '../output/times.js'
import type { Context } from '../Terminal.js'
import { withStore } from '../withStore.js'
import { dueText } from '../../domain/plans/dueAt.js'

/**
 * Explains why something was or was not scheduled, written and announced. `given` is a key, an id, the start of a long
 * id, or the name of an upgrade, provided that it is unique.
 *
 * @throws ConfigError if nothing has that key.
 */
export async function explain(given: string, options: ReadOptions, { terminal }: Context): Promise<number> {
  const { state } = await locateState(options)
  return withStore({ state }, (store) => {
    const key = store && keyFor(store, given)
    if (store === undefined || typeof key !== 'string') {
      // A program that reads the output gets a document in each case, as from `proposals ID`.
      if (options.json === true) printJson(terminal, null)
      throw key instanceof ConfigError ? key : unknown(given, 'nothing has been read yet')
    }
    const known = knownOf(store, key)
    if (options.json === true) printJson(terminal, explanationView({ ...known, time: isoOfMs, short: wholeIds }))
    else
      terminal.out(
        explanationText({ ...known, time: secondOfMsText, short: shortFor(store, terminal.width) }, terminal.width),
      )
    return exitCodes.done
  })
}

function explanationText(known: Explained, width: number): string {
  const { scheduled, written, told } = explanationOf(known)
  const names = planNames(known)
  const part = (name: string, sentences: readonly string[]): readonly string[] => [
    '',
    name,
    ...sentences.map((sentence) => foldLines(`  ${withCommas(sentence, names)}`, width)),
  ]
  return [
    ...titleLines(known).map((line) => foldLines(line, width)),
    ...part('Scheduled?', scheduled),
    ...part('Written?', written),
    ...part('Told?', told),
  ].join('\n')
}

/** Returns the current and earlier names of its plans, because a name may look like a height. */
function planNames({ entries, upgrade }: Explained): readonly string[] {
  const earlier = entries.flatMap(({ detail }) => (isJsonObject(detail) ? [detail['name']] : []))
  return [...new Set([upgrade?.name, ...earlier])].filter((name) => typeof name === 'string')
}

function shortFor(store: Store, width: number): ShortId {
  return width < Infinity ? shortIdsBy((id) => store.adjacentIds(id)) : wholeIds
}

function titleLines(known: Explained): readonly string[] {
  const { key, upgrade } = known
  const chain = key.slice(0, key.indexOf('/'))
  const plan =
    upgrade === undefined
      ? `No upgrade on ${chain}.`
      : `Upgrade ${upgrade.name} at ${withCommas(dueText(upgrade))} on ${chain}: ${upgradeStatusText(upgrade)}.`
  return [plan, sourceLine(known), `Key ${key}`]
}

function sourceLine({ key, proposal, upgrade, short }: Explained): string {
  if (upgrade?.announced === true || proposal?.announced === true)
    return upgrade?.origin === 'chain' || proposal?.finding?.origin === 'chain'
      ? 'From the configuration of the nodes: no vote decided it.'
      : `Announced by the contract ${upgrade?.contract ?? proposal?.contract ?? ''}: no vote decided it.`
  if (isUnproposedKey(key)) return 'Scheduled by the chain itself: no known proposal asked for it.'
  if (proposal !== undefined)
    return `Proposal ${short(proposal.id)}, ${proposal.status}: ${cleanLine(proposal.title, 200)}`
  return ownPlanNameIn(key) === undefined ? 'Its proposal is forgotten.' : 'A plan of your own: no vote decided it.'
}

function knownOf(store: Store, key: string): Omit<Explained, 'time' | 'short'> {
  const proposal = store.proposal(key)
  const chain = key.slice(0, key.indexOf('/'))
  const outline = store.outline(chain)
  const upgrade = outline?.upgrades.get(key)
  const silenced = new Map(
    store
      .notifications({})
      .flatMap(({ id, silenced: silence }): readonly (readonly [string, string])[] =>
        silence === undefined ? [] : [[id, silence]],
      ),
  )
  const deliveriesOf = (id: string) => store.deliveriesOf(id)
  return {
    key,
    entries: entriesAbout(store, key),
    silenced,
    deliveriesOf,
    pace: outline,
    upgrades: outline?.upgrades,
    ...defined({ proposal, upgrade }),
  }
}

/** Returns the audit entries of a key, oldest first, without votes and tallies, which are shown with the proposal. */
function entriesAbout(store: Store, key: string): readonly AuditEntry[] {
  const subject = notificationSubject(key)
  const named = [...new Set([key, subject])].flatMap((naming) => store.audit({ naming }))
  const isAbout = ({ detail }: AuditEntry): boolean => {
    if (!isJsonObject(detail) || detail['type'] === 'tallyMoved' || detail['type'] === 'voteCast') return false
    const { proposal, key: own, subject: told, id } = detail
    return [proposal, own, told].includes(key) || (typeof id === 'string' && id.startsWith(`${subject}:`))
  }
  const all = new Map(named.filter(isAbout).map((entry) => [entry.seq, entry]))
  return [...all.values()].sort((a, b) => a.seq - b.seq)
}

/** Returns the key that is meant, or why none is. */
function keyFor(store: Store, given: string): string | ConfigError {
  const chains = store.chains()
  const upgrades = chains.flatMap((chain) => [...(store.outline(chain)?.upgrades.values() ?? [])])
  const added = store.addedPlans().map(({ chain, plan: { name } }) => ({ key: ownPlanKey(chain, name), name }))
  const exact = [...upgrades, ...added].find(({ key }) => key === given)?.key
  if (exact !== undefined) return exact
  const named = [...upgrades, ...added].filter(({ name }) => name === given).map(({ key }) => key)
  const found = [...new Set([...[...store.findByPrefix(given)].map(keyOf), ...named])]
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  return found.length === 0
    ? unknown(given, 'see the keys with "govstream upgrades --json" and "govstream proposals --json"')
    : unknown(given, `${found.length} things have it: ${found.slice(0, 5).join(', ')}`)
}

function unknown(given: string, todo: string): ConfigError {
  return new ConfigError([
    { path: `KEY ${cleanLine(given, 200)}`, message: `expected the key of a proposal or an upgrade; ${todo}` },
  ])
}
