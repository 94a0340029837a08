import * as z from 'zod/mini'
import { type Json, type JsonObject, isJsonObject } from '../domain/text/json.js'

// Schemas for common values in rows.

export const text = z.string()
// z.number() is not used because it rejects NaN, and a row that was written must be readable.
export const number = z.custom<number>((value) => typeof value === 'number', 'is not a number')
export const bigint = z.bigint()
export const json = z.custom<Json>(isJson, 'is not JSON')
export const jsonObject = z.custom<JsonObject>((value) => isJsonObject(value) && isJson(value), 'is not a JSON object')

export const texts = z.custom<Readonly<Record<string, string>>>(
  (value) => isJsonObject(value) && Object.values(value).every((part) => typeof part === 'string'),
  'is not a mapping of texts',
)

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return true
  return Array.isArray(value) ? value.every(isJson) : isJsonObject(value) && Object.values(value).every(isJson)
}

/** One schema for every key of a type, so that a key added to the type but not to the schema does not compile. */
export type Every<T> = Readonly<Record<keyof T, z.ZodMiniType>>
