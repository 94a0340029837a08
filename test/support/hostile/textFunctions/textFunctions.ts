/** Functions that are given a text of somebody else, by what they are. */
export type TextFunctions = Readonly<Record<string, (text: string) => unknown>>
