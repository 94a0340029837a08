import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { bundled } from '../support/programs/bundled.js'

it('reads every external text and list in linear time', { timeout: 300_000 }, async ({ signal }) => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  // A function that does not return cannot be stopped from within: the process is killed, and its last line names it.
  const child = spawn(process.execPath, [bundled('test/support/hostile/measureGrowth.ts'), String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  let said = ''
  let quiet: NodeJS.Timeout | undefined
  for await (const part of child.stdout.setEncoding('utf8')) {
    clearTimeout(quiet)
    quiet = setTimeout(() => child.kill('SIGKILL'), 30_000)
    said = `${said}${String(part)}`.slice(-100_000)
  }
  clearTimeout(quiet)
  expect([seed, said.trimEnd().split('\n').at(-1)]).toStrictEqual([seed, 'slow: []'])
})
