import { expect, it as plain } from 'vitest'
import { cliHere } from './cliHere.js'
import { seedState } from './seededState.js'
import { temporaryDirectory } from './storeGiven.js'

/**
 * Tests of one file that read one state, in the working directory `directory`: `json` returns
 * what a command prints with --json, `text` what it prints as text. Both expect success.
 */
export const onSeededState = plain
  .extend('directory', { scope: 'file' }, ({}, { onCleanup }) => {
    const directory = temporaryDirectory()
    onCleanup(() => directory[Symbol.dispose]())
    seedState(directory.path)
    return directory
  })
  .extend('json', { scope: 'file' }, ({ directory }) => async (...args: readonly string[]): Promise<unknown> => {
    const { code, out, err } = await cliHere([...args, '--json'], directory.path)
    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    return JSON.parse(out)
  })
  .extend('text', { scope: 'file' }, ({ directory }) => async (...args: readonly string[]): Promise<string> => {
    const { code, out } = await cliHere(args, directory.path)
    expect(code).toBe(0)
    return out
  })
