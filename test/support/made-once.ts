import { access, mkdir, mkdtemp, rename } from 'node:fs/promises'
import { eventually } from './eventually.ts'

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/** A folder that is made once a run, by whichever test asks first; the others wait for it, and each takes a copy. */
export async function madeOnce(place: string, make: (folder: string) => Promise<void>): Promise<void> {
  const isFirst = await mkdir(`${place}.claimed`).then(
    () => true,
    () => false,
  )
  if (isFirst) {
    const making = await mkdtemp(`${place}.`)
    await make(making)
    await rename(making, place)
  }
  await eventually(async () => ((await exists(place)) ? true : undefined), 60_000)
}
