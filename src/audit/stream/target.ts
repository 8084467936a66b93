/** One line that leaves, and what a target may want to say of it beside. */
export interface StreamLine {
  /** One JSON object, without a line break. */
  readonly json: string
  /** The same without what makes an entry large, and where that is not enough; each says it in fewer words. */
  readonly shorter?: readonly (() => Pick<StreamLine, 'json' | 'facts'>)[]
  readonly at: Date
  /** What happened: `user.created`. */
  readonly name: string
  readonly facts: Readonly<Record<string, string>>
}

/** How far it is: up to which entry, and up to which signed head. */
export interface Mark {
  readonly entry: number
  readonly head: number
}

/** Where the log goes while it grows. What it throws is why it cannot, in words for the operator. */
export interface StreamTarget {
  readonly name: 'file' | 'stdout' | 'syslog'
  /** Bytes of a line as it is sent, with what stands around it; without it, any. */
  readonly longest?: number
  sizeOf?(line: StreamLine): number
  /** Takes them, at its own pace; `mark` is reached with them. */
  write(lines: readonly StreamLine[], mark: Mark): Promise<void>
  /**
   * How far it certainly has them; nothing where that is not known yet. Throws where something is lost that it was given:
   * it is given again. `now`: do not wait for a better moment to find out.
   */
  settle(now?: boolean): Promise<Mark | undefined>
  /** Whatever is not settled is forgotten, and will be written again. */
  reset(): void
  close(): Promise<void>
}
