/** The machine of the node, in Go's names for systems and processors, which plans use. */
export interface Machine {
  /** Such as `linux` or `darwin`. */
  readonly os: string
  /** Such as `amd64` or `arm64`. */
  readonly arch: string
}

const systems: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }
const processors: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle' }

/** Returns the machine for Node's names of platform and architecture. */
export function machineOf(platform: string, arch: string): Machine {
  return { os: systems[platform] ?? platform, arch: processors[arch] ?? arch }
}

/** Formats the machine as plans name it: `linux/amd64`. */
export function platformText({ os, arch }: Machine): string {
  return `${os}/${arch}`
}
