import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).default([]),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})
type Frame = z.infer<typeof profile>['nodes'][number]['callFrame']

/** For `NODE_OPTIONS` of a server: it writes its profile into the folder when it ends. */
export const profilingInto = (folder: string): string => `--cpu-prof --cpu-prof-interval=250 --cpu-prof-dir=${folder}`

const MOST = 30

/** Where a server has spent its time, by what belongs together and by function: of what it was busy with, in percent. */
export function summaryOf(folder: string): string {
  const { nodes, samples, timeDeltas } = longestIn(folder)
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const [parts, functions] = [new Map<string, number>(), new Map<string, number>()]
  const add = (to: Map<string, number>, key: string, time: number) => to.set(key, (to.get(key) ?? 0) + time)
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const [frame, time] = [frames.get(id), timeDeltas[index] ?? 0]
    if (!frame || frame.functionName === '(idle)') continue
    busy += time
    const place = placeOf(frame)
    add(parts, partOf(place), time)
    add(functions, `${frame.functionName || '(anonymous)'}  ${place}`, time)
  }
  const most = (of: Map<string, number>) =>
    [...of]
      .sort(([, one], [, other]) => other - one)
      .slice(0, MOST)
      .map(([name, time]) => `  ${((time / busy) * 100).toFixed(1).padStart(5)} %  ${name}`)
  return ['by part:', ...most(parts), 'by function:', ...most(functions)].join('\n')
}

/** Of the server; its child for passwords writes one, too. */
export function longestIn(folder: string) {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const profiles = texts.map((text) => profile.parse(JSON.parse(text)))
  const [longest] = profiles.sort((one, other) => other.samples.length - one.samples.length)
  if (!longest) throw new Error(`no profile was written into ${folder}`)
  return longest
}

/** The bundler says above each module which file it was. */
const MODULE = /^\/\/ ((?:node_modules|src)\/\S+)$/
const modules = new Map<string, readonly string[]>()

export function placeOf({ url, lineNumber, functionName }: Frame): string {
  if (!url.startsWith('file:')) return url === '' ? functionName : url
  const lines = modules.get(url) ?? readFileSync(fileURLToPath(url), 'utf8').split('\n')
  modules.set(url, lines)
  for (let line = lineNumber; line >= 0; line--) {
    const [, module] = MODULE.exec(lines[line] ?? '') ?? []
    if (module) return module
  }
  return url
}

const partOf = (place: string): string =>
  /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place)?.[1] ??
  /^(src\/[^/]+(?:\/[^/.]+(?=\/))?)/.exec(place)?.[1] ??
  /^(node:(?:internal\/)?[^/]+)/.exec(place)?.[1] ??
  place
