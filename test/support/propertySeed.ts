// A property draws new cases in each run. PROPERTY_SEED repeats those of one run: CI judges a change by the same cases
// each time, and `npm run explore` looks for new ones.
const seed = process.env['PROPERTY_SEED']

// PROPERTY_LIMIT ends a property after that many milliseconds, at the earliest after its first case: another version
// of Node runs the same cases on another runtime, which needs fewer of them.
const limit = process.env['PROPERTY_LIMIT']

if (seed !== undefined) {
  const { configureGlobal, readConfigureGlobal } = await import('fast-check')
  configureGlobal({ ...readConfigureGlobal(), seed: Number(seed) })
}

if (limit !== undefined) {
  const { installGlobalPlugin, PreconditionFailure } = (await import('fast-check')).default
  // fast-check's own limit abandons the case that is running, whose work would go on during the next test.
  installGlobalPlugin(() => {
    const end = performance.now() + Number(limit)
    let isBegun = false
    return {
      decorateRun: (run) => (value) => {
        if (isBegun && performance.now() > end) return new PreconditionFailure(true)
        isBegun = true
        return run(value)
      },
    }
  })
}
