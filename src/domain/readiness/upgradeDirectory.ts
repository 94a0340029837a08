/** The directory layouts of process managers below the home of the node. */
export const layouts = ['cosmovisor', 'wemixvisor'] as const
export type Layout = (typeof layouts)[number]

/** Returns the name of the directory in which a process manager looks for the binary of a plan. */
export function upgradeDirectory(name: string, layout: Layout): string {
  return layout === 'cosmovisor' ? goPathEscaped(goLowerCase(name)) : name
}

/**
 * Returns the directory among `present` that was probably meant for a plan but that its process manager does not find.
 */
export function mistakenDirectory(name: string, layout: Layout, present: readonly string[]): string | undefined {
  const wanted = upgradeDirectory(name, layout)
  const folded = new Set([name, wanted, goPathEscaped(name)].map((one) => one.toLowerCase()))
  return present.find((directory) => directory !== wanted && folded.has(directory.toLowerCase()))
}

/** Works like Go's strings.ToLower: each character is converted separately, to one character. */
export function goLowerCase(name: string): string {
  return Array.from(name, (character) => String.fromCodePoint(character.toLowerCase().codePointAt(0) ?? 0)).join('')
}

/** Works like Go's url.PathEscape. */
function goPathEscaped(name: string): string {
  return encodeURIComponent(name.toWellFormed())
    .replace(/%(?:24|26|2B|3D|3A|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}
