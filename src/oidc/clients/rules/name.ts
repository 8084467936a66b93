import { rule } from './rule.ts'

/** Between letters of these scripts, and in signs that are made of several, a joiner is part of the spelling. */
const spelling =
  /(?<=[\p{M}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Extended_Pictographic}])(?:\u200c|\u200d|\ufe0f)/gu

/**
 * Line breaks and marks that turn the direction of writing would make a name read as what it is not, and what nobody sees makes
 * one that is not there at all, or reads as somebody else's (threat 29). U+2800 is drawn as an empty cell.
 */
const misleading = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800]/u

const saysSomething = /[\p{L}\p{N}]/u

export const nameRule = rule(['name'], ({ name }) => {
  const seen = name.replace(spelling, '')
  return name !== name.trim() || name.length > 200 || misleading.test(seen) || !saysSomething.test(seen)
    ? { reason: 'name-invalid' }
    : undefined
})
