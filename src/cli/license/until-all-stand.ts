/**
 * What somebody else appends at the same moment stands in what is written too, whoever of the two writes last: a list is
 * written until nothing has come to it meanwhile. `read` answers with what is only ever appended to.
 */
export async function untilAllStand<Entry, Written>(
  read: () => Promise<readonly Entry[]>,
  write: (all: readonly Entry[]) => Promise<Written>,
): Promise<Written> {
  let all = await read()
  for (;;) {
    const written = await write(all)
    const now = await read()
    if (now.length === all.length) return written
    all = now
  }
}
