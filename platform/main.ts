import { Command } from 'commander'
import { apiClient } from './cli/client.ts'
import { remoteCommands } from './cli/commands.ts'
import { localCommands } from './cli/local-commands.ts'
import { printError } from './cli/output.ts'
import { readConfig } from './config.ts'
import { productVersion } from './product.ts'

/** The command line. Exit code 0 or 1; with `--json` one JSON document on stdout. */
async function main(): Promise<void> {
  const environment = process.env
  const result = readConfig(environment)
  if ('problems' in result) {
    process.stderr.write(
      `RiskLoom cannot start, ${result.problems.length} setting(s) are wrong:\n${result.problems.map(line => `  ${line}\n`).join('')}`,
    )
    process.exitCode = 1
    return
  }
  const program = new Command('riskloom')
    .description('AI workflows for content-risk operations')
    .version(productVersion())
  program.exitOverride().configureOutput({ writeErr: text => process.stderr.write(text) })
  localCommands(program, result.config)
  remoteCommands(program, apiClient(environment, result.config.dataFolder))
  try {
    await program.parseAsync(process.argv)
  } catch (error) {
    if (isCommanderError(error)) {
      process.exitCode = error.exitCode
      return
    }
    printError(error, process.argv.includes('--json'))
  }
}

/** Help, version and wrong usage: commander has printed its text already. */
function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.') && 'exitCode' in error
}

await main()
