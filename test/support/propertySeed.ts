// A property draws new cases in each run. PROPERTY_SEED repeats those of one run: CI judges a change by the same cases
// each time, and `npm run explore` looks for new ones.
const seed = process.env['PROPERTY_SEED']

if (seed !== undefined) {
  const { configureGlobal, readConfigureGlobal } = await import('fast-check')
  configureGlobal({ ...readConfigureGlobal(), seed: Number(seed) })
}
