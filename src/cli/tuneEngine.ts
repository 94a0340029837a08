import { setFlagsFromString } from 'node:v8'

/**
 * Tunes V8 for a process that lives for months beside a node and waits most of the time. For processes of our own only.
 *
 * - V8 lets the heap grow to several times what is alive before it collects; memory is dearer here than collections.
 * - V8 optimizes a function that ran for a few milliseconds in all, and lets go of the outcome where the closures that
 *   held it are gone at a collection. With many chains it optimized without end what never earned it back. Asked to
 *   wait longer, it still optimizes what is hot, such as the folding of a first sync.
 */
export function tuneEngine(version = process.versions.v8): void {
  for (const flag of flagsFor(version)) setFlagsFromString(flag)
}

/** The flags by the version of V8: one that it does not know it complains of on standard error. */
export function flagsFor(version: string): readonly string[] {
  return ['--heap-growing-percent=60', ...(tierUp[version.slice(0, version.indexOf('.'))] ?? [])]
}

// Fifteen times of what V8 has by itself. Node 20, 22 and 24 in this order.
const invocations = ['--invocation-count-for-maglev=6000', '--invocation-count-for-turbofan=45000']
const tierUp: Readonly<Record<string, readonly string[]>> = {
  11: ['--interrupt-budget=1000000'],
  12: invocations,
  13: invocations,
}
