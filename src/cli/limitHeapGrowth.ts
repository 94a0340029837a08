import { setFlagsFromString } from 'node:v8'

// V8 lets the heap grow to several times what is alive before it collects: for a process that lives for months beside
// a node, memory is dearer than the collections. Measured with 200 chains: 180 MB in place of 300.
const percent = 30

/** Has this process collect its garbage before the heap has grown by much. For processes of our own only. */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`)
}
