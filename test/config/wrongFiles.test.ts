import { events } from '../../src/channels/filter.js'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { channelTypes } from '../../src/channels/registry.js'
import { expectedOneOf } from '../../src/schema/scalars.js'
import { loadConfig } from '../../src/config/loadConfig.js'
import { governor, linesOf } from '../support/configs.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const directory = temporaryDirectory()
afterAll(() => directory[Symbol.dispose]())

const file = join(directory.path, 'govstream.yaml')
const rpcOf = 'rpc: { urls: ["http://a"] }'
const local = (rest = '', rpc = rpcOf): string =>
  `chains:\n  - name: local\n    ${rpc}\n    governance: { system: governor, address: "${governor}" }\n${rest}`

/** The messages for a file with this content; its path is `F`. */
function said(content: string | Uint8Array): readonly string[] {
  writeFileSync(file, content)
  return linesOf(() => loadConfig(file, {})).map((line) => line.replaceAll(file, 'F'))
}

describe('an invalid template', () => {
  it('is reported with the line of the file and the position in the template', () => {
    const templates =
      'templates:\n    new_proposal:\n      title: "{{ title }"\n      body: |\n        By {{ data.proposer }}\n        {{ body }}'
    const handlers = 'handlers:\n    - type: log\n      templates: { new_proposal: { title: "{{ x | y }}" } }'
    expect(said(local(`notifier:\n  ${templates}\n  ${handlers}\n`))).toStrictEqual([
      'F:8: notifier.templates.new_proposal.title: expected a template of Liquid: output "{{ title }" not closed (line 1, column 1 of the template)',
      expect.stringMatching(
        /^F:9: notifier.templates.new_proposal.body: expected a template of Liquid: body is not a known name; known are id/,
      ),
      'F:14: notifier.handlers[0].templates.new_proposal.title: expected a template of Liquid: undefined filter: y (line 1, column 1 of the template)',
    ])
  })
})

describe('a value that is null in YAML', () => {
  const tilde = 'but it is empty: a ~ alone is null in YAML, which is nothing; for your home directory write "${HOME}"'

  it.each([
    ['state: ~\n' + local(), `F:1: state: expected a file, or :memory:, ${tilde}`],
    [local('    upgradeInfo: { home: ~ }\n'), `F:5: chains[0].upgradeInfo.home: expected a directory, ${tilde}`],
    [
      local('notifier: { handlers: [{ type: webhook, url: "http://a", secret: ~ }] }\n'),
      `F:5: notifier.handlers[0].secret: expected text that is not empty, ${tilde}`,
    ],
    [
      local().replace('local', 'null'),
      'F:2: chains[0].name: expected a name of lower-case letters, digits and dashes, but it is empty: null alone is nothing in YAML; for the word itself write "null", in quotes',
    ],
    ['state:\n' + local(), 'F:1: state: expected a file, or :memory:, but it is empty'],
  ])('is explained: %j', (text, line) => {
    expect(said(text)).toStrictEqual([line])
  })
})

describe('a value that needs a shell', () => {
  it.each([
    [
      'state: ~node/govstream.db\n' + local(),
      'F:1: state: expected a path without ~, which only a shell understands: write "${HOME}/…", or the whole path',
    ],
    [
      local('    upgradeInfo: { home: $HOME/node }\n'),
      'F:5: chains[0].upgradeInfo.home: expected a variable in braces and quotes, as "${HOME}/…": only a shell understands $NAME',
    ],
    [
      local('', 'rpc: { urls: [$RPC_URL] }'),
      'F:3: chains[0].rpc.urls[0]: expected an http:// or https:// URL; a variable is written in braces and quotes, as "${NAME}"',
    ],
  ])('is explained: %j', (text, line) => {
    expect(said(text)).toStrictEqual([line])
  })
})

describe('a syntax error', () => {
  it.each([
    ['chains:\n\t- name: a\n', 'F:2:1: expected YAML: the line starts with a tab; indent with spaces'],
    [
      local('    monitor: {}\n    monitor: {}\n'),
      'F:6:5: expected YAML: this key stands above already; keep one of the two',
    ],
    [local('', 'rpc: { urls: ["http://a" }'), 'F:3:30: expected YAML: a [ is not closed; write the missing ]'],
    [local('', 'rpc: { urls: ["http://a] }'), 'F:3:31: expected YAML: a quote is not closed; write the missing one'],
    [
      'chains:\n  - name: a\n   rpc: {}\n',
      'F:3:1: expected YAML: the line is indented unlike the ones above it; start them at the same column',
    ],
    [
      'state:x\n' + local(),
      'F:1:1: expected YAML: there is no key and value here; write "key: value", with a space after the colon',
    ],
    [
      'state: a: b\n' + local(),
      'F:1:8: expected YAML: there is a second colon; write a text that holds a colon and a space in quotes',
    ],
    ['state: @x\n' + local(), 'F:1:8: expected YAML: no plain text starts with this character; write it in quotes'],
    [
      'state: "C:\\govstream"\n' + local(),
      'F:1:11: expected YAML: this backslash stands for nothing; write it twice, or the text in single quotes',
    ],
    [
      local('---\n'),
      'F:5:1: expected YAML: a second document starts here; a file holds one configuration, so take out the line ---',
    ],
    [
      local('', 'rpc: *base'),
      'F:3:10: expected YAML: there is no &name above for this *name; write one, or the text in quotes',
    ],
    ['x: &a 5\nchains:\n  - <<: *a\n', 'F:3:5: expected YAML: << takes in a mapping; name one, as in <<: *name'],
    [
      'x: &a [*a]\n',
      'F:1:8: expected YAML: this *name is within the value of its own &name; write out what it stands for',
    ],
    [
      'x: &a { y: [1, { z: *a }] }\n',
      'F:1:21: expected YAML: this *name is within the value of its own &name; write out what it stands for',
    ],
    [
      `x: &x 1\ny: [${'*x, '.repeat(501)}]\n`,
      'F:2:2005: expected YAML: there are more than 500 aliases (*name); write out what they stand for',
    ],
    [
      'x0: &x0 [1]\n' +
        Array.from({ length: 9 }, (_, at) => `x${at + 1}: &x${at + 1} [${`*x${at}, `.repeat(9)}]\n`).join(''),
      'F: expected YAML: its aliases (*name) expand to too much; write out what they stand for',
    ],
    [local('? [a, b]\n: c\n'), 'F:5:3: expected YAML: a list or a mapping cannot be a key; write the text in quotes'],
    [local(`${'k'.repeat(2_000)}: a\n`), 'F:5:1: expected YAML: a key is longer than 1,024 characters; shorten it'],
    [
      '[chains]\nname = "a"\n',
      'F:2:1: expected YAML: nothing is expected here; is a quote, a comma, a colon or a line break missing before it?',
    ],
  ])('is reported in one line with its place and what to do: %j', (text, line) => {
    expect(said(text)).toStrictEqual([line])
  })
})

describe('lists and mappings that are nested too deeply', () => {
  const tooDeep = 'expected YAML: lists and mappings are nested more than 100 deep; is this the file that is meant?'

  it.each([
    [`x: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    [`x: ${'{ x: '.repeat(9_000)}1${' }'.repeat(9_000)}`],
    [`x: ${'['.repeat(100)}${']'.repeat(100)}`],
    [`x0: &x0 []\n${Array.from({ length: 200 }, (_, at) => `x${at + 1}: &x${at + 1} [*x${at}]`).join('\n')}`],
  ])('are reported in one line (%#)', (text) => {
    expect(said(text).map((line) => line.replace(/^F[:0-9]*: /, ''))).toStrictEqual([tooDeep])
  })
})

describe('a value of another type', () => {
  it.each([
    [
      local('notifier: { handlers: [{ type: webhook, url: "http://a", secret: 123456 }] }\n'),
      'F:5: notifier.handlers[0].secret: expected text that is not empty, in quotes, got a number',
    ],
    [
      local().replace('local', 'true'),
      'F:2: chains[0].name: expected a name of lower-case letters, digits and dashes, in quotes, got true or false',
    ],
    [
      local('    monitor: { enabled: "false" }\n'),
      'F:5: chains[0].monitor.enabled: expected true or false, without quotes, got text',
    ],
    [
      local('    monitor: { enabled: yes }\n'),
      'F:5: chains[0].monitor.enabled: expected true or false; did you mean true?',
    ],
    [
      local('    monitor: { enabled: Off }\n'),
      'F:5: chains[0].monitor.enabled: expected true or false; did you mean false?',
    ],
    [
      local('    plans: [{ name: v2, height: 18_000_000 }]\n'),
      'F:5: chains[0].plans[0].height: expected a whole number of at least 1; did you mean 18000000?',
    ],
    [
      local('notifier: { handlers: [{ type: log, events: [proposal_pased] }] }\n'),
      `F:5: notifier.handlers[0].events[0]: expected one of ${events.length} words; did you mean proposal_passed?`,
    ],
    [
      local('notifier: { handlers: [{ type: webhok, url: "http://a" }] }\n'),
      `F:5: notifier.handlers[0].type: ${expectedOneOf(channelTypes, 'webhok')}`,
    ],
    [
      local('', 'rpc: { urls: ["http://a"], headers: { "Content-Type": text } }'),
      'F:3: chains[0].rpc.headers.Content-Type: expected another header: this one is set for each request',
    ],
  ])('is reported with how to write it: %j', (text, line) => {
    expect(said(text)).toStrictEqual([line])
  })
})

describe('a key with an invisible character', () => {
  it('is shown with its code', () => {
    const line = String.raw`F:1: ["sta\u200bte"]: unknown key; did you mean state?`
    expect(said(`sta\u200bte: a.db\n${local()}`)).toStrictEqual([line])
  })
})

describe('a key in the wrong place', () => {
  it.each([
    [local('    pollInterval: 5s\n'), 'chains[0].pollInterval: unknown key here; it belongs into chains[].monitor'],
    [local('    home: /srv\n'), 'chains[0].home: unknown key here; it belongs into chains[].upgradeInfo'],
    [
      local('    monitor: { leadBlocks: 5 }\n'),
      'chains[0].monitor.leadBlocks: unknown key here; it belongs into chains[].scheduler',
    ],
    [local('    state: a.db\n'), 'chains[0].state: unknown key here; it belongs into the top of the file'],
  ])('is reported with its place: %j', (text, line) => {
    expect(said(text)).toStrictEqual([`F:5: ${line}`])
  })

  it('is reported as a typo if the right place has a similar key', () => {
    const text = 'chains:\n  - name: a\n    rpc: { url: "http://127.0.0.1:8545" }\n    governance: { system: wemix }\n'
    expect(said(text)).toContain('F:3: chains[0].rpc.url: unknown key; did you mean urls?')
  })
})

describe('a file that is not text', () => {
  const noText = 'F: expected a text in UTF-8; this is another encoding, or no text at all'

  it.each<[string, Uint8Array, string]>([
    ['UTF-16', Buffer.from(`\ufeff${local()}`, 'utf16le'), noText],
    ['Latin-1', Buffer.from(`# caf\u00e9\n${local()}`, 'latin1'), noText],
    ['a database', Buffer.from('SQLite format 3\u0000'), noText],
    [
      'a log',
      Buffer.alloc(2_000_000, 'a line\n'),
      'F: expected a configuration file of at most 1 MB; is this the file that is meant?',
    ],
  ])('is recognized: %s', (_, bytes, line) => {
    expect(said(bytes)).toStrictEqual([line])
  })

  it('is not read to its end, if it is a device', () => {
    expect(linesOf(() => loadConfig('/dev/zero', {}))).toStrictEqual([
      '/dev/zero: expected a configuration file of at most 1 MB; is this the file that is meant?',
    ])
  })
})

describe('a file in the format of other systems', () => {
  it.each([
    ['with a byte order mark', `\ufeffstat: x\n${local()}`],
    ['with carriage returns', `stat: x\n${local()}`.replaceAll('\n', '\r\n')],
  ])('is read, with the right line numbers: %s', (_, text) => {
    expect(said(text)).toStrictEqual(['F:1: stat: unknown key; did you mean state?'])
  })

  it('may be a pipe', () => {
    const { href } = new URL('../../src/config/loadConfig.ts', import.meta.url)
    const program = `import { loadConfig } from ${JSON.stringify(href)}; console.log(loadConfig('/dev/stdin', {}).chains[0].name)`

    writeFileSync(file, local())
    const shell = 'cat "$1" | "$0" --import tsx --input-type=module --eval "$2"'

    expect(execFileSync('sh', ['-c', shell, process.execPath, file, program], { encoding: 'utf8' })).toBe('local\n')
  })
})
