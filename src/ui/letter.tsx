/** The first sign of a name, as its readers see it: an accent belongs to its letter, and a family is one picture. */
function firstOf(name: string, language: string): string {
  const [first] = new Intl.Segmenter(language, { granularity: 'grapheme' }).segment(name.trim())
  return first?.segment.toLocaleUpperCase(language) ?? ''
}

interface LetterProps {
  readonly name: string
  readonly language: string
}

/**
 * In the place of a logo. One that stands at the application's own address would tell it who is about to decide, when and
 * from where, and could look like anything; the policy of our pages loads none.
 */
export const Letter = ({ name, language }: LetterProps) => (
  <span class="letter" aria-hidden="true">
    {firstOf(name, language)}
  </span>
)
