/** How the chain stands, and those who follow it. */
export interface Standing {
  /** There are events to put into the chain, or to look for. */
  readonly waits: boolean
  readonly seq: number
  readonly signedSeq: number
  /** When the oldest entry was appended that no signed head covers. */
  readonly unsignedSince: Date | undefined
  /** How far each of those is who were asked for. */
  readonly places: ReadonlyMap<string, Place>
}

export interface Place {
  readonly seq: number
  readonly movedAt: Date
}
