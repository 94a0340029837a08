import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { reasonOf, StoreError } from '../domain/errors.js'
import { isUnwritable } from './isUnwritable.js'
import { inspectFile } from './file/inspectFile.js'
import { stateExists } from './file/openFile.js'
import { wasLeftOpen, damagedError, damageOf } from './file/openChecked.js'
import { versionOf } from './file/migrate.js'
import { migrations } from './file/migrations.js'
import { readMark } from './file/openMark.js'
import { openSql } from './sql.js'
import { isDamage } from './storeErrorOf.js'

export interface StateReport {
  readonly summary: string
  /** What prevents a run from using the state, and what to do. */
  readonly problem?: string
  /** True if the problem ends by itself, because another process keeps the state locked or its disk is full. */
  readonly temporary?: boolean
}

/** Checks whether a run can use the state, without creating or changing anything. `now` is Unix milliseconds. */
export function inspectState(path: string, now: number): StateReport {
  if (path === ':memory:') return { summary: 'The state is :memory:, which keeps nothing over a restart.' }
  try {
    return stateExists(path) ? inspectExisting(path, now) : inspectMissing(path)
  } catch (cause) {
    const problem =
      cause instanceof StoreError ? cause.message : `The state file ${path} cannot be inspected: ${reasonOf(cause)}.`
    return { summary: problem, problem, temporary: isUnwritable(cause) }
  }
}

function inspectExisting(path: string, now: number): StateReport {
  requireWritable(path, `this user may not read and write the state file ${path}`)
  requireWritable(
    dirname(resolve(path)),
    `this user may not write beside the state file ${path}, where its journal belongs`,
  )
  requireState(path)
  const left = wasLeftOpen(path, now)
  const holder = left ? undefined : readMark(path)
  const damage = left ? damageOf(path) : holder === undefined ? inspectFile(path) : undefined
  if (damage !== undefined) throw damagedError(path, damage)
  return {
    summary: `The state ${path} is sound${holder === undefined ? '' : `; process ${holder.pid} works with it`}.`,
  }
}

/** Checks that the file is a govstream state of a known version. */
function requireState(path: string): void {
  const sql = openSql(`${pathToFileURL(path).href}?mode=ro`, path)
  try {
    versionOf(sql, migrations.length)
  } catch (cause) {
    throw isDamage(cause) ? damagedError(path, damageOf(path) ?? reasonOf(cause)) : cause
  } finally {
    sql.close()
  }
}

function inspectMissing(path: string): StateReport {
  let directory = dirname(resolve(path))
  while (!existsSync(directory)) directory = dirname(directory)
  requireWritable(directory, `this user may not write to ${directory}`)
  return { summary: `The state ${path} is created at the first start.` }
}

function requireWritable(path: string, words: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new StoreError(`The state cannot be kept: ${words}. Change the owner or mode, or name another state file.`, {
      cause,
    })
  }
}
