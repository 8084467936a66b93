import { buildBreachList } from '../../src/breaches/build/build.ts'

/** A build in a process of its own: its answer is the most memory it ever had, in MB, or the code of its error. */
const [source = '', out = ''] = process.argv.slice(2)
try {
  await buildBreachList({ source, out, kind: 'hashes' })
  process.stdout.write(String(process.resourceUsage().maxRSS / 1024))
} catch (error) {
  process.stdout.write(String(error instanceof Error && 'code' in error ? error.code : error))
  process.exitCode = 1
}
