import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'green' | 'yellow'

/** The text in a style where the output shows colours; as it is otherwise. */
export function paint(text: string, style: Style | undefined, color: boolean): string {
  // Whether colours are wanted is the caller's decision, not that of the stream.
  return color && style !== undefined ? styleText(style, text, { validateStream: false }) : text
}
