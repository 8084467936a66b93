/** Of a keyboard's rows and words the shipped list knows; of these there are too many for a list. */
export const isPattern = (text: string): boolean => {
  const characters = Array.from(text)
  const unit = unitOf(characters)
  return isShortRepeated(characters, unit) || isSequence(characters)
}

const MOST_UNIT = 4
const FEWEST_REPEATS = 3

const isShortRepeated = ({ length }: readonly string[], unit: readonly string[]) =>
  unit.length <= MOST_UNIT && length >= unit.length * FEWEST_REPEATS

/** The shortest part that the whole is a repetition of, without a rest; the whole where there is none. */
export function unitOf(characters: readonly string[]): readonly string[] {
  for (let length = 1; length <= characters.length / 2; length++) {
    if (characters.length % length !== 0) continue
    if (characters.every((character, at) => character === characters[at % length])) return characters.slice(0, length)
  }
  return characters
}

const SHORTEST_SEQUENCE = 6
const circles = ['0123456789', 'abcdefghijklmnopqrstuvwxyz']

/** Upwards or downwards through the digits or the alphabet, past the end too: 123456789012, zyxwvutsrq. */
function isSequence(characters: readonly string[]): boolean {
  if (characters.length < SHORTEST_SEQUENCE) return false
  return circles.some((circle) =>
    [1, circle.length - 1].some((step) =>
      characters.every((character, at) => {
        const before = circle.indexOf(characters[at - 1] ?? '')
        return circle.includes(character) && (at === 0 || circle.indexOf(character) === (before + step) % circle.length)
      }),
    ),
  )
}
