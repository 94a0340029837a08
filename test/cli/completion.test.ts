import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events } from '../../src/channels/filter.js'
import { bashCompletion } from '../../src/cli/completion/bash.js'
import { commandTree } from '../../src/cli/completion/commandTree.js'
import { fishCompletion } from '../../src/cli/completion/fish.js'
import { zshCompletion } from '../../src/cli/completion/zsh.js'
import { shells } from '../../src/cli/completion/shells.js'
import { proposalStatuses, proposalTypes } from '../../src/domain/proposals/proposal.js'
import { cliHere } from '../support/cliHere.js'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
beforeAll(() => buildWhereStale(), 180_000)

const directory = temporaryDirectory()
afterAll(() => directory[Symbol.dispose]())

/**
 * What a real shell offers with the script on Tab after these words, the last of which is
 * incomplete.
 */
const completing = {
  bash: (script: string, words: readonly string[]) =>
    `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_govstream\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
  // The widgets of zsh need a terminal, so they are replaced; the script is the real one.
  zsh: (script: string, words: readonly string[]) =>
    `compdef() { : }\ncompadd() { [[ $1 == -- ]] && shift; print -l -- "$@" }\ncompset() { PREFIXED=1; cur=\${cur#*=} }\n` +
    `_files() { print -l -- *(N) }\n_describe() { local each; for each in "\${(@P)2}"; do print -r -- "\${each%%[^\\\\]:*}\${\${each#"\${each%%[^\\\\]:*}"}%%:*}"; done }\n` +
    `${script}\nwords=(${words.map((word) => `'${word}'`).join(' ')})\nCURRENT=${words.length}\n_govstream`,
  fish: (script: string, words: readonly string[]) =>
    `${script}\ncomplete -C '${words.join(' ')}' | string split -f1 \\t`,
} as const

const installed = shells.filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0)

function complete(shell: (typeof shells)[number], script: string, line: string): readonly string[] {
  const words = line.split(' ')
  const { stdout, stderr, status } = spawnSync(shell, ['-c', completing[shell](script, words)], {
    cwd: directory.path,
    encoding: 'utf8',
    env: { PATH: `${join(directory.path, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: directory.path },
  })
  // fish returns a failure if there is nothing to offer.
  expect({ stderr, failed: status !== 0 && shell !== 'fish' }).toStrictEqual({ stderr: '', failed: false })
  const last = words.at(-1) ?? ''
  const begun = last.includes('=') && shell !== 'fish' ? (last.split('=').at(-1) ?? '') : last
  // zsh itself filters by the prefix.
  return stdout.split('\n').filter((word) => word !== '' && (shell !== 'zsh' || word.startsWith(begun)))
}

describe.each(installed)('completion in %s', (shell) => {
  let script = ''
  beforeAll(async () => {
    script = (await cliHere(['completion', shell], directory.path)).out
    mkdirSync(join(directory.path, 'a home'), { recursive: true })
    writeFileSync(join(directory.path, 'a file.yaml'), '')
    writeFileSync(
      join(directory.path, 'names.yaml'),
      'chains: [{ name: main-1 }, { name: test }]\nnotifier: { handlers: [{ type: log }, { type: webhook, name: $(touch ran) }] }\n',
    )
    const program = join(directory.path, 'bin', 'govstream')
    mkdirSync(join(directory.path, 'bin'), { recursive: true })
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 })
  })
  const offered = (line: string): readonly string[] => complete(shell, script, line)

  it('offers commands, and the subcommands of a group', () => {
    expect(offered('govstream sta')).toStrictEqual(['status'])
    expect(offered('govstream ')).toStrictEqual(expect.arrayContaining(['init', 'run', 'silence', 'completion']))
    expect([...offered('govstream silence ')].sort()).toStrictEqual(expect.arrayContaining(['add', 'list', 'remove']))
    expect(offered('govstream silence a')).toStrictEqual(['add'])
  })

  it('offers the options of the command on the line, also after an option with a value', () => {
    const long = offered('govstream --config status proposals --')
    expect(long).toStrictEqual(
      expect.arrayContaining(['--status', '--type', '--active', '--chain', '--limit', '--json', '--config', '--help']),
    )
    expect(long).not.toContain('--exit-code')
    expect(offered('govstream status --e')).toStrictEqual(['--exit-code'])
    expect(offered('govstream silence add --ma')).toStrictEqual(['--match'])
  })

  it('offers the possible values of an option or argument, and nothing for others', () => {
    expect([...offered('govstream proposals --status ')].sort()).toStrictEqual([...proposalStatuses].sort())
    expect([...offered('govstream proposals --type ')].sort()).toStrictEqual([...proposalTypes].sort())
    expect(offered('govstream proposals --status pa')).toStrictEqual(['passed'])
    expect([...offered('govstream completion ')].sort()).toStrictEqual([...shells].sort())
    expect([...offered('govstream notify preview ')].sort()).toStrictEqual([...events].sort())
    expect([...offered('govstream run --profile ')].sort()).toStrictEqual(['cosmovisor', 'portable', 'wemixvisor'])
    expect(offered('govstream proposals --limit ')).toStrictEqual([])
    expect(offered('govstream help sta')).toStrictEqual(['status'])
    expect([...offered('govstream silence help ')].sort()).toStrictEqual(['add', 'list', 'remove'])
  })

  it('offers the chains and handlers of the configuration on the line, escaped for the shell', () => {
    expect(offered('govstream proposals --chain ')).toStrictEqual([])
    expect([...offered('govstream proposals --config names.yaml --chain ')].sort()).toStrictEqual(['main-1', 'test'])
    expect(offered('govstream proposals --config names.yaml --chain ma')).toStrictEqual(['main-1'])
    const handlers = offered('govstream notify test --config names.yaml ').map((name) => name.replaceAll('\\', ''))
    expect([...handlers].sort()).toStrictEqual(['$(touch ran)', 'log'])
    expect(spawnSync('ls', [join(directory.path, 'ran')]).status).not.toBe(0)
  })

  it('offers files and directories under their names', () => {
    expect(offered('govstream run --config ').map((name) => name.replaceAll('\\', ''))).toStrictEqual(
      expect.arrayContaining(['a file.yaml']),
    )
    expect(offered('govstream run --home ').map((name) => name.replaceAll('\\', '').replace(/\/$/, ''))).toContain(
      'a home',
    )
  })
})

describe('the scripts', () => {
  it('run in bash', () => {
    expect(installed).toContain('bash')
  })

  it('treat descriptions as plain text, whatever they contain', () => {
    const marker = join(directory.path, 'ran')
    const hostile = `it's $(touch ${marker}) \`touch ${marker}\` a: "b" \\ ; touch ${marker} #`
    const program = new Command('govstream').description(hostile)
    program.command('one').description(hostile).option('--two <three>', hostile)
    const tree = commandTree(program)
    const scripts = { bash: bashCompletion(tree), zsh: zshCompletion(tree), fish: fishCompletion(tree) }
    for (const shell of installed) {
      expect(complete(shell, scripts[shell], 'govstream on')).toStrictEqual(['one'])
      expect(complete(shell, scripts[shell], 'govstream one --tw')).toStrictEqual(['--two'])
    }
    expect(spawnSync('ls', [marker]).status).not.toBe(0)
  })

  it.each(installed.filter((shell) => shell === 'zsh'))(
    'initialize the completion of %s if it is not initialized',
    async () => {
      const { out } = await cliHere(['completion', 'zsh'], directory.path)
      const told = `${out}\nprint -r -- $_comps[govstream]`
      const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', told], {
        encoding: 'utf8',
        env: { HOME: directory.path },
      })
      expect({ stdout, stderr }).toStrictEqual({ stdout: '_govstream\n', stderr: '' })
    },
  )

  it('exist for three shells only', async () => {
    expect(await cliHere(['completion', 'tcsh'], directory.path)).toStrictEqual({
      code: 2,
      out: '',
      err: "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n",
    })
  })
})
