import { describe, expect, it } from 'vitest'
import { channelTypes } from '../../src/channels/registry.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { governor, linesOf, minimal, timer } from '../support/configs.js'
import { secretText, wholeConfig } from './wholeConfig.js'

const anyChannel = channelTypes.join(', ')
const anyDuration = 'expected a duration such as 500ms, 30s, 10m, 24h or 30d'
const oneSystem =
  'expected one of governor, gov-base, wemix, wemixvisor-rpc, cosmos, upgrade-entrypoint, signal, fork-config'
const oneAddress = 'expected a 0x address of 40 hex digits, in quotes'
const chainLines = (chain: object): readonly string[] => linesOf(() => parseConfig(minimal(chain)))
const topLines = (top: object): readonly string[] => linesOf(() => parseConfig({ ...minimal(), ...top }))

describe('parseConfig', () => {
  it.each<[unknown, string]>([
    [
      null,
      'expected a mapping with the keys state, gracePeriod, log, reload, chains, proposals, notifier, http, but it is empty',
    ],
    [
      [],
      'expected a mapping with the keys state, gracePeriod, log, reload, chains, proposals, notifier, http, got a list',
    ],
    [{}, 'chains: expected a list of chains, but it is missing'],
    [{ chains: {} }, 'chains: expected a list of chains, got a mapping'],
    [{ chains: [] }, 'chains: expected at least one chain'],
    [
      { chains: [null] },
      'chains[0]: expected a mapping with the keys name, rpc, governance, monitor, scheduler, upgradeInfo, preflight, labels, voters, links, plans, but it is empty',
    ],
  ])('rejects %j as a whole', (input, line) => {
    expect(linesOf(() => parseConfig(input))).toStrictEqual([line])
  })

  it.each<[object, string]>([
    [{ state: '' }, 'state: expected a file, or :memory:'],
    [{ gracePeriod: '0s' }, `gracePeriod: ${timer}`],
    [{ log: { level: 'loud' } }, 'log.level: expected one of trace, debug, info, warn, error, fatal, silent'],
    [{ proposals: { maxAge: '30' } }, `proposals.maxAge: ${anyDuration}`],
    [{ notifier: { maxNotifications: 0 } }, 'notifier.maxNotifications: expected a whole number of at least 1'],
    [{ notifier: { maxAge: 30 } }, `notifier.maxAge: ${anyDuration}, got a number`],
    [
      { notifier: { routes: [{ match: { chian: 'local' }, to: ['log'] }] } },
      'notifier.routes[0].match.chian: unknown key; did you mean chain?',
    ],
    [
      { notifier: { routes: [{ match: { chain: 'locla' } }] } },
      'notifier.routes[0].match.chain: expected the name of a chain of this file; did you mean local?',
    ],
    [
      { notifier: { routes: [{ match: { title: 're2:(' } }] } },
      'notifier.routes[0].match.title: expected a regular expression of RE2 after re2:; missing closing )',
    ],
    [
      { notifier: { routes: [{ to: ['lgo'] }] } },
      'notifier.routes[0].to[0]: expected the name of a handler, one of log; did you mean log?',
    ],
    [
      // Of many handlers only the first ones, each name cut, because they may contain
      // anything.
      {
        notifier: {
          handlers: Array.from({ length: 30 }, (_, at) => ({ type: 'log', name: `${at}${'x'.repeat(5_000)}` })),
          routes: [{ to: ['lgo'] }],
        },
      },
      expect.stringMatching(
        /^notifier\.routes\[0\]\.to\[0\]: expected the name of a handler, .{2000,2200} and 10 more$/,
      ),
    ],
    [
      { notifier: { routes: [{ quietHours: ['22-7'] }] } },
      'notifier.routes[0].quietHours[0]: expected a span of each day such as 22:00-07:00',
    ],
    [
      { notifier: { routes: [{ quietHours: ['22:00-10:00', '10:00-22:00'] }] } },
      'notifier.routes[0].quietHours[1]: expected some time of the day that is not quiet',
    ],
    [
      { notifier: { routes: [{ digest: 'daily' }] } },
      'notifier.routes[0].digest: expected a cron expression of five fields, such as "0 9 * * 1"',
    ],
    [
      { notifier: { routes: [{ group: { by: ['chian'] } }] } },
      'notifier.routes[0].group.by[0]: expected one of chain, system, event, type, priority, title, subject or label.NAME',
    ],
    [{ notifier: { routes: [{ to: [] }] } }, 'notifier.routes[0].to: expected at least one handler'],
    [
      { notifier: { routes: [{ match: { priority: 'urgent' } }] } },
      'notifier.routes[0].match.priority: expected the least priority, one of low, medium, high, critical',
    ],
    [
      { notifier: { templates: { new_propsal: { title: 'x' } } } },
      'notifier.templates.new_propsal: unknown key; did you mean new_proposal?',
    ],
    [
      { notifier: { templates: { new_proposal: { text: 'x' } } } },
      'notifier.templates.new_proposal.text: unknown key; known here: title, body',
    ],
    [{ notifier: { timezone: 'Berlin' } }, 'notifier.timezone: expected a time zone such as UTC or Europe/Berlin'],
    [
      { notifier: { timezone: 2 } },
      'notifier.timezone: expected a time zone such as UTC or Europe/Berlin, in quotes, got a number',
    ],
    [
      { notifier: { priorities: { new_proposal: 'urgent' } } },
      'notifier.priorities.new_proposal: expected one of low, medium, high, critical',
    ],
    [
      { notifier: { priorities: { new_propsal: 'low' } } },
      'notifier.priorities.new_propsal: unknown key; did you mean new_proposal?',
    ],
    [{ notifier: { reminders: ['soon'] } }, `notifier.reminders[0]: ${anyDuration}`],
    [
      { notifier: { voters: Array.from({ length: 51 }, () => '0xabababababababababababababababababababab') } },
      'notifier.voters: expected at most 50 accounts',
    ],
    [
      { notifier: { voters: ['validator one'] } },
      'notifier.voters[0]: expected a 0x address of 40 hex digits, or an account or a validator of a Cosmos chain such as cosmos1… or cosmosvaloper1…, in quotes',
    ],
    [
      { notifier: { voters: ['cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kx'] } },
      'notifier.voters[0]: expected another letter in this account: its checksum does not fit, so it was mistyped; copy it again',
    ],
    [
      { notifier: { voters: ['0xABaBaBaBABabABabAbAbABAbABabababaBaBABaC'] } },
      'notifier.voters[0]: expected another letter or case in this address: its checksum (EIP-55) does not fit, so it was mistyped; copy it again, or write it in lower case',
    ],
    [{ notifier: { priorities: [] } }, 'notifier.priorities: expected a mapping of events to priorities, got a list'],
    [{ notifier: { handlers: [{}] } }, `notifier.handlers[0].type: expected one of ${anyChannel}, but it is missing`],
    [
      { notifier: { handlers: [{ type: 'pigeon' }] } },
      `notifier.handlers[0].type: expected one of ${anyChannel}, got text`,
    ],
    [
      { notifier: { handlers: [{ type: 'log', url: 'x' }] } },
      'notifier.handlers[0].url: unknown key; known here: type, name, minPriority, events, chains, rate, templates',
    ],
    [
      { notifier: { handlers: [{ type: 'webhook' }] } },
      'notifier.handlers[0].url: expected an http:// or https:// URL, but it is missing',
    ],
    [
      { notifier: { handlers: [{ type: 'discord', webhookUrl: '' }] } },
      'notifier.handlers[0].webhookUrl: expected an http:// or https:// URL',
    ],
    [
      { notifier: { handlers: [{ type: 'webhook', url: 'http://x', maxAttempts: 0 }] } },
      'notifier.handlers[0].maxAttempts: expected a whole number of at least 1',
    ],
    [
      { notifier: { handlers: [{ type: 'log', minPriority: 'none' }] } },
      'notifier.handlers[0].minPriority: expected one of low, medium, high, critical',
    ],
    [
      { notifier: { handlers: [{ type: 'log', chains: ['elsewhere'] }] } },
      'notifier.handlers[0].chains[0]: expected the name of a chain of this file',
    ],
    [
      {
        notifier: {
          handlers: [
            { type: 'log', name: 'a' },
            { type: 'log', name: 'a' },
          ],
        },
      },
      'notifier.handlers[1].name: expected a unique name; notifier.handlers[0].name has it too',
    ],
    [{ notifer: {} }, 'notifer: unknown key; did you mean notifier?'],
    [{ http: { port: 8080 } }, 'http.port: unknown key; set address and port together: listen: 127.0.0.1:9464'],
    [
      { 'with\nnewline': 1 },
      '["with\\nnewline"]: unknown key; known here: state, gracePeriod, log, reload, chains, proposals, notifier, http',
    ],
  ])('rejects %j', (top, line) => {
    expect(topLines(top)).toStrictEqual([line])
  })

  it.each<[object, string]>([
    [{ name: 'Main Net' }, 'name: expected a name of lower-case letters, digits and dashes'],
    [{ rpc: {} }, 'rpc.urls: expected a list of URLs, but it is missing'],
    [{ rpc: { urls: [] } }, 'rpc.urls: expected at least one URL'],
    [{ rpc: { urls: ['ws://127.0.0.1:8546'] } }, 'rpc.urls[0]: expected an http:// or https:// URL'],
    [{ rpc: { urls: ['http://a'], ws: 'http://a' } }, 'rpc.ws: expected a ws:// or wss:// URL'],
    [
      { rpc: { urls: ['http://a', 'http://a'] } },
      'rpc.urls[1]: expected each URL once; chains[0].rpc.urls[0] has it too',
    ],
    [
      { rpc: { urls: ['http://a', 'http://A:80/'] } },
      'rpc.urls[1]: expected each URL once; chains[0].rpc.urls[0] has it too',
    ],
    [{ rpc: { urls: ['http://a'], timeout: '25d' } }, `rpc.timeout: ${timer}`],
    [{ rpc: { urls: ['http://a'], chainId: '1' } }, 'rpc.chainId: expected a whole number of at least 1, got text'],
    [{ rpc: { urls: ['http://a'], agreement: 0 } }, 'rpc.agreement: expected a whole number of at least 1'],
    [{ rpc: { urls: ['http://a'], agreement: 2 } }, 'rpc.agreement: expected at most the number of urls, which is 1'],
    [
      { rpc: { urls: ['http://a'], maxLogRange: 0.5 } },
      'rpc.maxLogRange: expected a whole number of at least 1, got a number',
    ],
    [{ governance: { system: 'senate', address: governor } }, `governance.system: ${oneSystem}, got text`],
    [{ governance: { system: 'governor' } }, `governance.address: ${oneAddress}, or a list of them, but it is missing`],
    [{ governance: { system: 'governor', address: [] } }, `governance.address: ${oneAddress}, or a list of them`],
    [
      { governance: { system: 'governor', address: '0x123' } },
      `governance.address: ${oneAddress}, or a list of them, got text`,
    ],
    [
      { governance: { system: 'governor', address: [governor, `0x${'g'.repeat(40)}`] } },
      `governance.address[1]: ${oneAddress}`,
    ],
    [
      { governance: { system: 'governor', address: [governor, governor.toLowerCase()] } },
      'governance.address[1]: expected each address once; chains[0].governance.address[0] has it too',
    ],
    [
      { governance: { system: 'governor', address: governor, fromBlock: -1 } },
      'governance.fromBlock: expected a whole number of at least 0',
    ],
    [
      { governance: { system: 'governor', address: governor, rest: ['http://a'] } },
      'governance.rest: expected no REST endpoints: only the systems cosmos and signal have them',
    ],
    [
      { governance: { system: 'governor', address: governor, classify: [{ type: 'upgrade' }] } },
      'governance.classify[0]: expected a title, a target, or both',
    ],
    [
      { governance: { system: 'governor', address: governor.replace('BaB', 'bAB') } },
      'governance.address: expected another letter or case in this address: its checksum (EIP-55) does not fit, so it was mistyped; copy it again, or write it in lower case',
    ],
    [
      { upgradeInfo: { home: '~/node' } },
      'upgradeInfo.home: expected a path without ~, which only a shell understands: write "${HOME}/…", or the whole path',
    ],
    [
      { upgradeInfo: { profile: 'cosmoviser' } },
      'upgradeInfo.profile: expected one of wemixvisor, cosmovisor, portable; did you mean cosmovisor?',
    ],
    [
      { governance: { system: 'governor', address: governor, classify: [{ type: 'text', title: '(?=x)' }] } },
      'governance.classify[0].title: expected a regular expression of RE2, which has no look-around and no back-references; this one does not compile: invalid or unsupported Perl syntax',
    ],
    [
      { governance: { system: 'governor', address: governor, classify: [{ type: 'text', title: '(' }] } },
      'governance.classify[0].title: expected a regular expression of RE2, which has no look-around and no back-references; this one does not compile: missing closing )',
    ],
    [
      { governance: { system: 'governor', address: governor, classify: [{ type: 'text', target: '0x1' }] } },
      `governance.classify[0].target: ${oneAddress}`,
    ],
    [{ monitor: { enabled: 'yes' } }, 'monitor.enabled: expected true or false; did you mean true?'],
    [{ monitor: { pollInterval: 30 } }, `monitor.pollInterval: ${timer}, got a number`],
    [{ monitor: { pollInterval: '30' } }, `monitor.pollInterval: ${timer}`],
    [{ monitor: { pollInterval: '1.5h' } }, `monitor.pollInterval: ${timer}`],
    [{ monitor: { pollIntervall: '30s' } }, 'monitor.pollIntervall: unknown key; did you mean pollInterval?'],
    [{ monitor: { poll_interval: '30s' } }, 'monitor.poll_interval: unknown key; did you mean pollInterval?'],
    [{ monitor: { proposalTimeout: 'soon' } }, `monitor.proposalTimeout: ${anyDuration}`],
    [
      { monitor: { finality: 'soon' } },
      'monitor.finality: expected latest, safe, finalized or a number of confirmations, got text',
    ],
    [{ monitor: { finality: -1 } }, 'monitor.finality: expected a whole number of at least 0'],
    [{ monitor: { stallAfter: '30d' } }, `monitor.stallAfter: ${timer}`],
    [{ monitor: { maxBackoff: '2147483648ms' } }, `monitor.maxBackoff: ${timer}`],
    [
      { monitor: null },
      'monitor: expected a mapping with the keys enabled, pollInterval, proposalTimeout, finality, downAfter, stallAfter, maxBackoff, validator, but it is empty',
    ],
    [{ scheduler: { minUpgradeDelay: '-1s' } }, `scheduler.minUpgradeDelay: ${anyDuration}`],
    [
      { scheduler: { maxConcurrentUpgrades: 0 } },
      'scheduler.maxConcurrentUpgrades: expected a whole number of at least 1',
    ],
    [{ scheduler: { validationEnabled: 1 } }, 'scheduler.validationEnabled: expected true or false, got a number'],
    [{ scheduler: { scheduleOn: 'voted' } }, 'scheduler.scheduleOn: expected one of passed, executed'],
    [{ scheduler: { leadBlocks: -5 } }, 'scheduler.leadBlocks: expected a whole number of at least 0'],
    [
      { scheduler: { reminders: ['0 blocks'] } },
      'scheduler.reminders[0]: expected a duration such as 24h, or a count such as 100 blocks, above zero',
    ],
    [
      { scheduler: { reminders: ['1h', 'later'] } },
      'scheduler.reminders[1]: expected a duration such as 24h, or a count such as 100 blocks',
    ],
    [{ scheduler: { stallTimeout: '' } }, `scheduler.stallTimeout: ${anyDuration}`],
    [{ scheduler: { completion: 'luck' } }, 'scheduler.completion: expected one of version, height'],
    [{ scheduler: { lateLimit: '1y' } }, `scheduler.lateLimit: ${anyDuration}`],
    [{ upgradeInfo: { home: '' } }, 'upgradeInfo.home: expected a directory'],
    [
      { upgradeInfo: { profile: 'hypervisor' } },
      'upgradeInfo.profile: expected one of wemixvisor, cosmovisor, portable',
    ],
    [
      { upgradeInfo: { home: '/srv', afterWrite: { command: [] } } },
      'upgradeInfo.afterWrite.command: expected a program and its arguments, such as [/usr/local/sbin/restart-wemixvisor]',
    ],
    [
      { upgradeInfo: { home: '/srv', afterWrite: { command: 'reboot now' } } },
      'upgradeInfo.afterWrite.command: expected a program and its arguments, such as [/usr/local/sbin/restart-wemixvisor], got text',
    ],
    [
      { upgradeInfo: { home: '/srv', afterWrite: { command: ['a'], timeout: '0s' } } },
      'upgradeInfo.afterWrite.timeout: expected a duration above 0 and below 24 days, such as 500ms, 30s, 10m or 24h',
    ],
    [
      { upgradeInfo: { afterWrite: { command: ['a'] } } },
      'upgradeInfo.afterWrite: expected only where a file is written: set upgradeInfo.home, and a when other than never',
    ],
    [{ upgradeInfo: { afterCompletion: 'delete' } }, 'upgradeInfo.afterCompletion: expected one of keep, archive'],
    [{ upgradeInfo: { when: 'later' } }, 'upgradeInfo.when: expected one of at-height, on-schedule, never'],
    [{ labels: ['core'] }, 'labels: expected a mapping of names to texts, such as { team: core }, got a list'],
    [{ labels: { team: 'a\nb' } }, 'labels.team: expected a text of at most 100 characters on one line'],
    [
      { labels: { team: 7 } },
      'labels.team: expected a text of at most 100 characters on one line, in quotes, got a number',
    ],
    [{ labels: { '1st team': 'a' } }, 'labels["1st team"]: expected a name of letters, digits, dots, dashes and _'],
    [
      { links: { block: 'https://scan.example/{id}' } },
      'links.block: expected {height} and nothing else in braces, such as https://explorer.example/block/{height}',
    ],
    [
      {
        plans: [
          { name: 'v2', height: 5 },
          { name: 'v2', height: 6 },
        ],
      },
      'plans[1].name: expected a name of its own, where no proposal asks for the plan; chains[0].plans[0].name has it too',
    ],
    [
      {
        plans: [
          { name: 'v2', height: 5 },
          { name: 'v3', height: 5 },
        ],
      },
      'plans[1].height: expected a height of its own, where no proposal asks for the plan; chains[0].plans[0].height has it too',
    ],
    [
      { plans: [{ name: 'v2', height: 5, contract: governor }] },
      'plans[0].contract: expected only beside a proposal: a plan of your own has no contract',
    ],
    [
      { plans: [{ proposal: 1e21, name: 'v2', height: 5 }] },
      'plans[0].proposal: expected a proposal id, in quotes, got a number',
    ],
    [
      { plans: [{ proposal: '1', name: '../v2', height: 5 }] },
      'plans[0].name: expected a name of 1 to 128 characters without a slash',
    ],
    [{ plans: [{ proposal: '1', name: 'v2', height: 0 }] }, 'plans[0].height: expected a whole number of at least 1'],
    [
      { plans: [{ proposal: '1', name: 'v2', height: 5, info: 7 }] },
      'plans[0].info: expected text or a mapping, got a number',
    ],
    [
      { plans: [{ proposal: '1', name: 'v2', height: 5, contract: `0x${'1'.repeat(40)}` }] },
      'plans[0].contract: expected one of the addresses under governance',
    ],
    [
      {
        plans: [
          { proposal: '1', name: 'v2', height: 5 },
          { proposal: 1, name: 'v3', height: 6 },
        ],
      },
      'plans[1].proposal: expected one plan a proposal; chains[0].plans[0].proposal has it too',
    ],
  ])('rejects a chain with %j', (chain, line) => {
    expect(chainLines(chain)).toStrictEqual([`chains[0].${line}`])
  })

  it('has an own message, without a secret, for a wrong value at any key', () => {
    expect(linesOf(() => parseConfig(wholeConfig))).toStrictEqual([])
    const odd = placesIn(wholeConfig).flatMap((place) =>
      [7, ''].flatMap((value) => {
        const lines = linesOf(() => parseConfig(replaced(wholeConfig, place, value)))
        return lines.filter((line) => /^\S*: Invalid|undefined|\[object|NaN/.test(line) || line.includes(secretText))
      }),
    )
    expect(odd).toStrictEqual([])
  })
})

type Place = readonly string[]

/** Each key and each item of a list, at any depth. */
function placesIn(value: unknown, before: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    const place = [...before, key]
    return [place, ...placesIn(part, place)]
  })
}

function replaced(value: unknown, [key, ...rest]: Place, other: unknown): unknown {
  if (key === undefined) return other
  if (Array.isArray(value)) {
    const parts: readonly unknown[] = value
    return parts.map((part, at) => (String(at) === key ? replaced(part, rest, other) : part))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([own, part]) => [own, own === key ? replaced(part, rest, other) : part]),
  )
}
