/** By the first letter: the last ones hold so few bits that now and then they are those that would be put there. */
export const withOtherSeal = (text: string): string =>
  text.replace(/\.([\w-])([\w-]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`)
