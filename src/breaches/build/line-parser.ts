export interface LineParser {
  /** Fills `keys` from its front, and answers how many there are. `keys` has room for `MOST_LINES`. */
  parse(block: Buffer, keys: Float64Array): number
  /** How many lines it has seen. */
  readonly lines: () => number
}

export interface ParserOptions {
  /** Throws where such a line stops the work. `why` completes "line 7 …". */
  readonly onBadLine: (line: number, why: string) => void
}
