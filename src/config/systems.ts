/** The governance systems that have a reader. */
export const systems = ['governor'] as const
