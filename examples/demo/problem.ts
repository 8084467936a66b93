/** Something that the person at the terminal can mend: shown as what happened and what to do, without a stack. */
export class Problem extends Error {
  readonly cure: string

  constructor(message: string, cure: string, cause?: unknown) {
    super(message, { cause })
    this.cure = cure
  }
}
