import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'green' | 'yellow'

/** Styles a text if the output shows colours; otherwise returns it unchanged. */
export function paint(text: string, style: Style | undefined, color: boolean): string {
  // The caller decides about colours, and not the stream.
  return color && style !== undefined ? styleText(style, text, { validateStream: false }) : text
}
