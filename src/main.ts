import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Before anything else is loaded: a good part of a start goes into compiling the same modules again. The cache stands
// beside the program, not in a shared /tmp, where another user could leave us something to run.
if (import.meta.filename.endsWith('.js')) enableCompileCache(join(import.meta.dirname, '.compile-cache'))

await import('./cli/main.ts')
