import { resolve } from 'node:path'
import type { ConfigIssue } from '../domain/errors.js'
import { isJsonObject } from '../domain/text/json.js'
import { findSystemConflicts } from './findSystemConflicts.js'
import { findRouteConflicts, unknownChain } from './findRouteConflicts.js'
import { formatPath } from '../domain/text/formatPath.js'
import { field, issue, items, systemOf, text } from '../schema/rawInput.js'
import { systemsThatOnlyTell, systemsWithoutContracts, systemsWithRest } from './systems.js'

interface Entry {
  readonly path: readonly PropertyKey[]
  /** The value that must be unique; entries with undefined are ignored. */
  readonly identity: string | undefined
}

/** What the application supplies, so that the configuration need not contain it. */
export interface ConflictOptions {
  /** Chains for which the application supplies a client, so that they need no URL. @defaultValue none */
  readonly clients?: readonly string[]
  /** Chains for which the application supplies a reader of any system, so that they need no URL. @defaultValue none */
  readonly readers?: readonly string[]
  /** Types of the handlers that the application supplies. @defaultValue none */
  readonly handlers?: readonly string[]
}

/**
 * Finds conflicts between parts that are each valid. It works on the raw input and skips parts of the wrong form, so
 * that its issues are reported together with those of the schema.
 */
export function findConflicts(
  input: unknown,
  { clients = [], readers = [], handlers: ownHandlers = [] }: ConflictOptions = {},
): readonly ConfigIssue[] {
  const chains = items(field(input, 'chains'))
  const names = chains.map((chain) => text(field(chain, 'name')))
  const handlers = items(field(field(input, 'notifier'), 'handlers'))
  return [
    ...repeats(
      names.map((identity, at) => ({ path: ['chains', at, 'name'], identity })),
      'expected a unique name',
    ),
    ...repeats(
      chains.map((chain, at) => ({ path: ['chains', at, 'upgradeInfo', 'home'], identity: writtenHome(chain) })),
      'expected a home of its own: two chains must not write one file',
    ),
    ...chains.flatMap((chain, at) => conflictsOfChain(chain, ['chains', at])),
    ...chains.flatMap((chain, at) =>
      readers.includes(names[at] ?? '')
        ? agreementWith('reader', chain, ['chains', at])
        : clients.includes(names[at] ?? '') && !systemsWithoutContracts.includes(systemOf(chain) ?? '')
          ? agreementWith('client', chain, ['chains', at])
          : missingUrls(chain, ['chains', at]),
    ),
    ...chains.flatMap((chain, at) =>
      field(field(chain, 'upgradeInfo'), 'afterWrite') === undefined || writtenHome(chain) !== undefined
        ? []
        : issue(
            ['chains', at, 'upgradeInfo', 'afterWrite'],
            'expected only where a file is written: set upgradeInfo.home, and a when other than never',
          ),
    ),
    ...repeats(
      handlers.map((handler, at) => ({
        path: ['notifier', 'handlers', at, 'name'],
        identity: text(field(handler, 'name')),
      })),
      'expected a unique name',
    ),
    ...repeats(
      ['read', 'write', 'feed'].map((key) => ({
        path: ['http', 'tokens', key],
        identity: text(field(field(field(input, 'http'), 'tokens'), key)),
      })),
      'expected a token of its own',
    ),
    ...findRouteConflicts(input, ownHandlers),
    ...handlers.flatMap((handler, at) =>
      items(field(handler, 'chains')).flatMap((chain, index) =>
        typeof chain !== 'string' || names.includes(chain)
          ? []
          : issue(['notifier', 'handlers', at, 'chains', index], unknownChain(chain, names)),
      ),
    ),
  ]
}

function conflictsOfChain(chain: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  const urls = items(field(field(chain, 'rpc'), 'urls'))
  const rest = items(field(field(chain, 'governance'), 'rest'))
  const address = field(field(chain, 'governance'), 'address')
  const addresses = (typeof address === 'string' ? [address] : items(address)).map((one) => text(one)?.toLowerCase())
  const plans = items(field(chain, 'plans'))
  return [
    ...findSystemConflicts(chain, path),
    // A node that is listed twice would agree with itself.
    ...repeats(
      urls.map((url, at) => ({ path: [...path, 'rpc', 'urls', at], identity: addressOf(url) })),
      'expected each URL once',
    ),
    ...repeats(
      rest.map((url, at) => ({ path: [...path, 'governance', 'rest', at], identity: addressOf(url) })),
      'expected each URL once',
    ),
    ...repeats(
      addresses.map((identity, at) => ({ path: [...path, 'governance', 'address', at], identity })),
      'expected each address once',
    ),
    ...repeats(
      plans.map((plan, at) => ({ path: [...path, 'plans', at, 'proposal'], identity: boundTo(plan) })),
      'expected one plan a proposal',
    ),
    ...ownPlanConflicts(plans, path),
  ]
}

/** Plans without a proposal need a unique name and a unique height. */
function ownPlanConflicts(plans: readonly unknown[], path: readonly PropertyKey[]): readonly ConfigIssue[] {
  const own = plans.flatMap((plan, at) =>
    isJsonObject(plan) && field(plan, 'proposal') === undefined ? [{ plan, at }] : [],
  )
  const place = (at: number, key: string): readonly PropertyKey[] => [...path, 'plans', at, key]
  return [
    ...repeats(
      own.map(({ plan, at }) => ({ path: place(at, 'name'), identity: text(field(plan, 'name')) })),
      'expected a name of its own, where no proposal asks for the plan',
    ),
    ...repeats(
      own.map(({ plan, at }) => ({ path: place(at, 'height'), identity: JSON.stringify(field(plan, 'height')) })),
      'expected a height of its own, where no proposal asks for the plan',
    ),
    ...own.flatMap(({ plan, at }) =>
      field(plan, 'contract') === undefined
        ? []
        : issue(place(at, 'contract'), 'expected only beside a proposal: a plan of your own has no contract'),
    ),
  ]
}

function agreementWith(
  what: 'client' | 'reader',
  chain: unknown,
  path: readonly PropertyKey[],
): readonly ConfigIssue[] {
  const agreement = field(field(chain, 'rpc'), 'agreement')
  return typeof agreement === 'number' && agreement > 1
    ? issue([...path, 'rpc', 'agreement'], `expected 1: a ${what} of your own is one node`)
    : []
}

function missingUrls(chain: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  if (!isJsonObject(chain)) return []
  const rpc = field(chain, 'rpc')
  const urls = field(rpc, 'urls')
  if (urls === undefined && (rpc === undefined || isJsonObject(rpc)))
    return issue([...path, 'rpc', 'urls'], 'expected a list of URLs, but it is missing')
  return Array.isArray(urls) && urls.length === 0 ? issue([...path, 'rpc', 'urls'], 'expected at least one URL') : []
}

function repeats(entries: readonly Entry[], expected: string): readonly ConfigIssue[] {
  return entries.flatMap(({ path, identity }, at) => {
    const first = entries.findIndex((entry) => entry.identity === identity)
    const before = entries[first]
    return identity === undefined || before === undefined || first === at
      ? []
      : issue(path, `${expected}; ${formatPath(before.path)} has it too`)
  })
}

function writtenHome(chain: unknown): string | undefined {
  const home = text(field(field(chain, 'upgradeInfo'), 'home'))
  const system = systemOf(chain) ?? ''
  const when = field(field(chain, 'upgradeInfo'), 'when') ?? (systemsWithRest.includes(system) ? 'never' : 'at-height')
  return home === undefined || when === 'never' || systemsThatOnlyTell.includes(system) ? undefined : resolve(home)
}

function boundTo(plan: unknown): string | undefined {
  const proposal = field(plan, 'proposal')
  if (typeof proposal !== 'string' && typeof proposal !== 'number') return undefined
  return `${proposal}@${text(field(plan, 'contract'))?.toLowerCase() ?? ''}`
}

/** The same URL may be written in several ways, so it is normalised. */
function addressOf(url: unknown): string | undefined {
  const written = text(url)
  return written !== undefined && URL.canParse(written) ? new URL(written).href : written
}
