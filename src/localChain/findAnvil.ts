import { createRequire } from 'node:module'
import fs from 'fs-extra'

const require = createRequire(import.meta.url)

/**
 * Returns the path of the anvil binary for this machine, from the npm package that contains it.
 *
 * @throws Error that says what to install, if the package is missing.
 */
export function findAnvil(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@foundry-rs/anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}`
  try {
    // Looks beside this package, and in the project that it is called from.
    const paths = [import.meta.dirname, process.cwd()]
    const path = require.resolve(`${name}/bin/${platform === 'win32' ? 'anvil.exe' : 'anvil'}`, { paths })
    fs.accessSync(path, fs.constants.X_OK)
    return path
  } catch (cause) {
    throw new Error(
      `The local chain needs anvil, and ${name} is not installed here: run "npm install @foundry-rs/anvil" in this directory and try again.`,
      { cause },
    )
  }
}
