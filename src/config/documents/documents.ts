import { editorSchema } from './editor-schema.ts'
import { environmentExample } from './environment-example.ts'
import { fileExample } from './file-example.ts'
import { configurationPage } from './page.ts'

/** Every file that is made from the schema, by its path in the repository. */
export const documents = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/configuration.md', configurationPage()],
    ['docs/configuration.schema.json', editorSchema()],
    ['.env.example', environmentExample()],
    ['hearthkey.example.yaml', fileExample()],
  ])
