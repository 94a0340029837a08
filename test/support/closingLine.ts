import type { Reporter, TestModule } from 'vitest/node'

/** Prints `N passed, N failed` as the last line of a run, for programs that read it. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const broken = modules.filter((module) => module.state() === 'failed' && module.children.size === 0).length
    const failed = states.filter((state) => state === 'failed').length + broken + errors.length
    const skipped = states.filter((state) => state === 'skipped').length
    const passed = states.filter((state) => state === 'passed').length
    // The default reporter writes its own summary in the same tick.
    setImmediate(() => {
      process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
    })
  }
}
