import type { ConfigIssue } from '../domain/errors.js'
import { field, issue, items, systemOf, text } from '../schema/rawInput.js'
import {
  systemsThatOnlyTell,
  systemsWithoutAddress,
  systemsWithoutContracts,
  systemsWithRest,
  systemsWithSigners,
} from './systems.js'

/** Finds settings that the governance system of a chain does not support, although another system may. */
export function findSystemConflicts(chain: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  const system = systemOf(chain) ?? ''
  return [
    ...agreementConflict(chain, path),
    ...chainIdConflict(system, field(field(chain, 'rpc'), 'chainId'), [...path, 'rpc', 'chainId']),
    ...socketConflict(system, field(field(chain, 'rpc'), 'ws'), [...path, 'rpc', 'ws']),
    ...validatorConflict(system, field(field(chain, 'monitor'), 'validator'), [...path, 'monitor', 'validator']),
    ...finalityConflict(system, field(field(chain, 'monitor'), 'finality'), [...path, 'monitor', 'finality']),
    ...writingConflict(system, field(field(chain, 'upgradeInfo'), 'when'), [...path, 'upgradeInfo', 'when']),
    ...items(field(chain, 'plans')).flatMap((plan, at) =>
      contractConflict(chain, field(plan, 'contract'), [...path, 'plans', at, 'contract']),
    ),
  ]
}

function agreementConflict(chain: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  const agreement = field(field(chain, 'rpc'), 'agreement')
  if (systemOf(chain) === 'fork-config' && typeof agreement === 'number' && agreement > 1)
    return issue(
      [...path, 'rpc', 'agreement'],
      'expected 1: the system fork-config compares all of rpc.urls by itself, and names those that differ',
    )
  // On Cosmos the REST endpoints report the proposals.
  const [what, urls] = systemsWithRest.includes(systemOf(chain) ?? '')
    ? (['REST endpoints', items(field(field(chain, 'governance'), 'rest'))] as const)
    : (['urls', items(field(field(chain, 'rpc'), 'urls'))] as const)
  return typeof agreement === 'number' && urls.length > 0 && agreement > urls.length
    ? issue([...path, 'rpc', 'agreement'], `expected at most the number of ${what}, which is ${urls.length}`)
    : []
}

function chainIdConflict(system: string, chainId: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  if (systemsWithoutContracts.includes(system)) {
    return typeof chainId === 'number'
      ? issue(path, `expected a text, such as "cosmoshub-4": the system ${system} has chain ids of text`)
      : []
  }
  return typeof chainId === 'string' ? issue(path, 'expected a whole number of at least 1, got text') : []
}

function socketConflict(system: string, ws: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  return system === 'wemixvisor-rpc' && ws !== undefined
    ? issue(path, 'expected none: the system wemixvisor-rpc pushes no heads')
    : []
}

function validatorConflict(system: string, validator: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  return validator !== undefined && !systemsWithSigners.includes(system)
    ? issue(path, `expected none: the system ${system} does not report who signed a block`)
    : []
}

function finalityConflict(system: string, finality: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  if (system === 'fork-config' && finality !== undefined && finality !== 'latest')
    return issue(
      path,
      'expected latest: the system fork-config reports what nodes are configured for, and not at an older block',
    )
  return system === 'wemixvisor-rpc' && finality !== undefined && finality !== 'latest'
    ? issue(
        path,
        'expected latest: the system wemixvisor-rpc reports proposals as they are now, and not at an older block',
      )
    : []
}

function writingConflict(system: string, when: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  return systemsThatOnlyTell.includes(system) && when !== undefined && when !== 'never'
    ? issue(path, `expected never: the system ${system} only reports upgrades, and nothing is written for them`)
    : []
}

function contractConflict(chain: unknown, written: unknown, path: readonly PropertyKey[]): readonly ConfigIssue[] {
  const contract = text(written)?.toLowerCase()
  const system = systemOf(chain) ?? ''
  // The wemix ballots are in a contract named by the registry, so any address is accepted.
  if (contract === undefined || system === 'wemix') return []
  if (systemsWithoutAddress.includes(system)) return issue(path, `expected no contract: the system ${system} has none`)
  const address = field(field(chain, 'governance'), 'address')
  const addresses = (typeof address === 'string' ? [address] : items(address)).map((one) => text(one)?.toLowerCase())
  return addresses.includes(contract) ? [] : issue(path, 'expected one of the addresses under governance')
}
