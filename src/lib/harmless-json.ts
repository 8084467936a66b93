/** JSON.stringify escapes the controls of ASCII alone. These move a cursor, end a line, or turn the direction of what follows. */
const harmful = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON that may be looked at on a terminal, whoever wrote the texts in it. It means the same. */
export const harmlessJson = (value: unknown, space?: number): string =>
  JSON.stringify(value, null, space).replaceAll(
    harmful,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
