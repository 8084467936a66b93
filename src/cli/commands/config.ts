import { loadConfig } from '../../config/config.ts'
import { checkReport, printReport } from '../../config/report.ts'
import { refuseUnusableFiles } from '../../instance/named-files.ts'
import { loadWords } from '../../instance/words.ts'
import { defineCommand } from '../command.ts'

export const command = defineCommand({
  summary: 'check the configuration, or print what is in force',
  build: (command, { env, cwd, answers }) => {
    command
      .command('check')
      .description('say whether the configuration is valid, or everything that is wrong with it (exit code 78)')
      .action(
        answers(async () => {
          const loaded = loadConfig({ env, cwd })
          // The operator's texts are configuration too.
          loadWords(loaded.config)
          await refuseUnusableFiles(loaded.config)
          return checkReport(loaded)
        }),
      )
    command
      .command('print')
      .description('print every setting, its value and where it comes from; secrets show as [secret]')
      .action(answers(async () => printReport(loadConfig({ env, cwd }))))
  },
})
