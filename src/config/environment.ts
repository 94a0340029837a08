/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables this process was started with. */
export function readEnvironment(): Environment {
  return process.env
}
