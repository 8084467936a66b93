const parameter = /\{([A-Za-z]+)\}/

/** Plain text at even places, names of parameters at odd ones. */
const split = (text: string): string[] => text.split(parameter)

export const parametersOf = (text: string): ReadonlySet<string> => new Set(split(text).filter((_, place) => place % 2))

/** The text in pieces, each parameter replaced: also by something that is not text, such as an element. */
export const pieces = <Value>(text: string, replace: (name: string) => Value): (string | Value)[] =>
  split(text).map((piece, place) => (place % 2 ? replace(piece) : piece))
