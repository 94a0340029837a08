import type { Json, JsonObject } from '../text/json.js'

type Conceal = (text: string) => string

/** Applies `conceal` to every text in a JSON value. Keys are left alone, so that the value keeps its shape. */
export function concealJson(value: Json, conceal: Conceal): Json {
  if (typeof value === 'string') return conceal(value)
  if (typeof value !== 'object' || value === null) return value
  return isList(value) ? value.map((item) => concealJson(item, conceal)) : concealObject(value, conceal)
}

/** As `concealJson`, for an object. */
export function concealObject(object: JsonObject, conceal: Conceal): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, concealJson(value, conceal)]))
}

// Array.isArray does not narrow a readonly array.
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value)
}
