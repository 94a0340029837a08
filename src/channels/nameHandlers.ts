interface Unnamed {
  readonly type: string
  readonly name?: string
}

/** Gives every handler the name its deliveries are kept under: its own, or its type, numbered where taken. */
export function nameHandlers<Handler extends Unnamed>(
  handlers: readonly Handler[],
): readonly (Handler & { readonly name: string })[] {
  const taken = new Set(handlers.flatMap(({ name }) => name ?? []))
  return handlers.map((handler) => {
    const name = handler.name ?? freeName(handler.type, taken)
    taken.add(name)
    return { ...handler, name }
  })
}

/** The type, numbered where that name is taken. */
export function freeName(type: string, taken: Pick<ReadonlySet<string>, 'has'>, count = 1): string {
  const name = count === 1 ? type : `${type}-${count}`
  return taken.has(name) ? freeName(type, taken, count + 1) : name
}
