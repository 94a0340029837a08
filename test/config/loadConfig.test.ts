import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/loadConfig.js'
import { governor, linesOf } from '../support/configs.js'

let directory: string
let file: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'govstream-config-'))
  file = join(directory, 'govstream.yaml')
})
afterAll(() => rmSync(directory, { recursive: true }))

function write(text: string): string {
  writeFileSync(file, text)
  return file
}

const head = (rpc: string, rest = ''): string =>
  `chains:\n  - name: local\n    rpc: ${rpc}\n    governance: { system: governor, address: "${governor}" }\n${rest}`

describe('loadConfig', () => {
  it('reads the example of the design', () => {
    const config = loadConfig(write(example), { WEBHOOK_URL: 'https://example.org/hook', WEBHOOK_SECRET: 'whisper' })

    expect(config.chains[0]).toMatchObject({
      name: 'local',
      upgradeInfo: { home: '/var/lib/wemixd' },
      plans: [{ proposal: '12' }],
    })
    expect(config.notifier.handlers[1]).toMatchObject({
      url: 'https://example.org/hook',
      secret: 'whisper',
      events: ['upgrade_triggered'],
    })
  })

  it('inserts variables into texts, with defaults as in a shell', () => {
    const urls = '{ urls: ["${A}", "${B:-http://b}", "http://${C:-c}:${P}/x", "${E:-http://e}"] }'

    expect(loadConfig(write(head(urls)), { A: 'http://a', P: '80', E: '' }).chains[0]?.rpc.urls).toStrictEqual([
      'http://a',
      'http://b',
      'http://c:80/x',
      'http://e',
    ])
  })

  it('reads $${ as a plain ${', () => {
    expect(loadConfig(write(`state: "./$\${A}.db"\n${head('{ urls: ["http://a"] }')}`), {}).state).toBe('./${A}.db')
  })

  it('reads a variable that is the whole value as the number or boolean of its key', () => {
    const rpc = '{ urls: ["http://a"], chainId: "${ID}", agreement: "${AGREE:-1}" }'
    const config = loadConfig(write(head(rpc, '    monitor: { enabled: "${ON}", finality: "${ID}" }\n')), {
      ID: '31337',
      ON: 'false',
    })

    expect(config.chains[0]).toMatchObject({
      rpc: { chainId: 31337, agreement: 1 },
      monitor: { enabled: false, finality: 31337 },
    })
  })

  it('keeps digits as text for a key of type text', () => {
    const notifier = 'notifier: { handlers: [{ type: webhook, url: "http://a", secret: "${S}" }] }\n'

    expect(
      loadConfig(write(head('{ urls: ["http://a"] }', notifier)), { S: '123456' }).notifier.handlers[0],
    ).toMatchObject({ secret: '123456' })
  })

  it('lets a value add no structure', () => {
    const value = 'x"\nstate: /etc/passwd # '

    expect(loadConfig(write(`state: "\${S}"\n${head('{ urls: ["http://a"] }')}`), { S: value }).state).toBe(value)
  })

  it('does not expand variables within a value', () => {
    expect(
      loadConfig(write(`state: "\${S}"\n${head('{ urls: ["http://a"] }')}`), { S: '${HOME}', HOME: '/root' }).state,
    ).toBe('${HOME}')
  })

  it('names every missing variable and its place, besides all other problems', () => {
    const text = head(
      '{ urls: ["${RPC_URL}"], timeout: 30 }',
      'notifier: { handlers: [{ type: webhook, url: "${HOOK}", secret: "${" }] }\n',
    )

    expect(linesOf(() => loadConfig(write(text), {}))).toStrictEqual([
      `${file}:3: chains[0].rpc.urls[0]: expected the environment variable RPC_URL, which is not set`,
      `${file}:5: notifier.handlers[0].url: expected the environment variable HOOK, which is not set`,
      `${file}:5: notifier.handlers[0].secret: expected \${NAME} or \${NAME:-default}; write $\${ for a plain \${`,
      `${file}:3: chains[0].rpc.timeout: expected a duration above 0 and below 24 days, such as 500ms, 30s, 10m or 24h, got a number`,
    ])
  })

  it('names the line of a problem, or of the parent of a missing key', () => {
    const text = `log:\n  level: loud\nchains:\n  - name: a\n    rpc:\n      urls:\n        - http://a\n        - ftp://b\n    governance:\n      system: govenor\n  - name: b\n    "odd key": 1\n`
    const lines = linesOf(() => loadConfig(write(text), {}))

    expect(lines).toContain(`${file}:8: chains[0].rpc.urls[1]: expected an http:// or https:// URL`)
    expect(lines).toContain(
      `${file}:10: chains[0].governance.system: expected one of governor, gov-base, wemix, wemixvisor-rpc, cosmos, upgrade-entrypoint, signal, fork-config; did you mean governor?`,
    )
    expect(lines.find((line) => line.includes('chains[1].rpc'))).toMatch(
      `${file}:11: chains[1].rpc.urls: expected a list of URLs, but it is missing`,
    )
    expect(lines.find((line) => line.includes('odd key'))).toMatch(`${file}:12: chains[1]["odd key"]: unknown key`)
  })

  it.each([
    ['in a list', head('{ urls: [${RPC_URL}] }'), 3, 'RPC_URL'],
    [
      'in a mapping, with a default',
      head(
        '{ urls: ["http://a"] }',
        'notifier: { handlers: [{ type: webhook, url: ${HOOK:-http://b}, secret: x }] }\n',
      ),
      5,
      'HOOK',
    ],
  ])('says in one line to quote a variable %s', (_, text, line, name) => {
    const lines = linesOf(() => loadConfig(write(text), {}))

    expect(lines).toHaveLength(1)
    expect(lines[0]?.startsWith(`${file}:${line}:`)).toBe(true)
    expect(lines[0]).toContain(`quote it: within { } or [ ] a variable is written in quotes, as "\${${name}}"`)
  })

  it('keeps unquoted addresses and long ids', () => {
    const id = '95180366405418253184069229139016022083212170148083462391216163612394128414871'
    const text = head('{ urls: ["http://a"] }', `    plans: [{ proposal: ${id}, name: v2, height: 5 }]\n`)
      .replaceAll('"0x', '0x')
      .replaceAll('B"', 'B')

    expect(loadConfig(write(text), {}).chains[0]).toMatchObject({
      governance: { address: [governor] },
      plans: [{ proposal: id }],
    })
  })

  it('accepts anchors and merge keys', () => {
    const text = `chains:\n  - &base\n    name: a\n    rpc: { urls: ["http://a"] }\n    governance: { system: governor, address: "${governor}" }\n  - { <<: *base, name: b }\n`

    expect(loadConfig(write(text), {}).chains.map(({ name }) => name)).toStrictEqual(['a', 'b'])
  })

  it.each([
    ['an open bracket', 'chains: [\nstate: 1', /^F:\d+:\d+: expected YAML: /],
    [
      'a key twice',
      'state: hunter2\nstate: hunter2',
      /^F:2:1: expected YAML: this key stands above already; keep one of the two$/,
    ],
    ['a secret in a broken line', 'state: "a" hunter2', /^F:1:12: expected YAML: /],
    ['two documents', 'state: a\n---\nstate: b', /^F:2:1: expected YAML: /],
    ['an unknown anchor', 'state: *hunter2', /^F.*: expected YAML/],
    [
      'an unknown tag',
      'state: !hunter2 x',
      /^F:1:8: expected YAML: a ! starts a tag, and there are none here; write the text in quotes$/,
    ],
    ['nothing', '# nothing\n', /^F: expected a mapping with chains, but the file is empty$/],
  ])('names the place of %s, but none of the text', (_, text, expected) => {
    const lines = linesOf(() => loadConfig(write(text), {})).map((line) => line.replace(file, 'F'))

    expect(lines[0]).toMatch(expected)
    expect(lines.join('\n')).not.toContain('hunter2')
  })

  it('says what to do if there is no file, or a directory in its place', () => {
    const missing = join(directory, 'none.yaml')

    expect(linesOf(() => loadConfig(missing, {}))).toStrictEqual([
      `${missing}: expected a configuration file, but there is none; "govstream init" writes a first one, --config FILE names another, and "govstream run --rpc URL --governor ADDRESS" needs none`,
    ])
    expect(linesOf(() => loadConfig(directory, {}))).toStrictEqual([
      `${directory}: expected a configuration file, but this is a directory; name the file in it`,
    ])
  })
})

const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8')
