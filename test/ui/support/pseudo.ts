import { catalogue } from '../../../src/errors/catalogue.ts'
import { en } from '../../../src/ui/messages/en.ts'
import type { Messages } from '../../../src/ui/messages/message.ts'
import { pieces } from '../../../src/ui/messages/template.ts'

export const errorTexts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(catalogue).flatMap(([code, { title, cure }]) => [
    [`error.${code}.title`, title],
    [`error.${code}.cure`, cure],
  ]),
)

const everyText = (change: (text: string) => string): Messages => {
  const changed: Record<string, string> = { ...en, ...errorTexts }
  for (const [key, text] of Object.entries(changed)) changed[key] = change(text)
  return { ...en, ...changed }
}

/** Marks what comes from the catalogue, so that what does not stands out. */
export const bracketed = everyText((text) => `⟦${text}⟧`)

const parameter = (name: string) => `{${name}}`
const mirrored = (text: string) => text.replaceAll(/[^\s{}]+/g, (word) => `\u202e${word}\u202c`)

/** Reads from right to left although the letters are Latin: what a language of that direction does to a page. */
export const rightToLeft = everyText((text) =>
  pieces(text, parameter)
    .map((piece) => (/^\{\w+\}$/.test(piece) ? piece : mirrored(piece)))
    .join(''),
)
