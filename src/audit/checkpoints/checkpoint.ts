/** What is signed: of whose chain, up to which entry, from which on since the last one, its hash, and when. */
export interface HeadPayload {
  readonly iss: string
  readonly seq: number
  readonly first: number
  readonly head: string
  readonly at: string
}

export interface Checkpoint {
  readonly seq: number
  readonly firstSeq: number
  readonly hash: Buffer
  /** When it was signed, and when the latest event of its segment happened. */
  readonly at: Date
  readonly lastAt: Date
  readonly kid: string
  readonly jws: string
  /** When retention had taken away all of its segment. */
  readonly prunedAt: Date | null
}
