import { setFlagsFromString } from 'node:v8'

/**
 * Tunes V8 for a process that runs for months beside a node and mostly waits. Only for processes of our own.
 *
 * - By default the heap grows to several times the live data before a collection. Memory matters more here than the
 *   time that collections take.
 * - By default V8 optimizes a function after a few milliseconds of run time, and discards the code when a collection
 *   frees the closures that hold it. With many chains it kept optimizing functions that never earned it back. With
 *   higher limits it still optimizes hot code, such as the folding of a first sync.
 */
export function tuneEngine(version = process.versions.v8): void {
  for (const flag of flagsFor(version)) setFlagsFromString(flag)
}

/** Returns the flags for a version of V8, which prints a warning for a flag that it does not know. */
export function flagsFor(version: string): readonly string[] {
  return ['--heap-growing-percent=60', ...(tierUp[version.slice(0, version.indexOf('.'))] ?? [])]
}

// Fifteen times the defaults of V8, for Node 20, 22 and 24 in this order.
const invocations = ['--invocation-count-for-maglev=6000', '--invocation-count-for-turbofan=45000']
const tierUp: Readonly<Record<string, readonly string[]>> = {
  11: ['--interrupt-budget=1000000'],
  12: invocations,
  13: invocations,
}
