interface Unnamed {
  readonly type: string
  readonly name?: string
}

/** Gives every handler the name under which its deliveries are stored: its own, or its type, numbered if taken. */
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

/** Returns the type, with a number if that name is taken. */
export function freeName(type: string, taken: Pick<ReadonlySet<string>, 'has'>, count = 1): string {
  const name = count === 1 ? type : `${type}-${count}`
  return taken.has(name) ? freeName(type, taken, count + 1) : name
}
