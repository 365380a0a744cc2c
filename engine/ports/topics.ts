/** Names of the topics; the workspace comes first. */
export const topicOf = {
  source: (source: { workspace: string; name: string; incarnation: number }): string =>
    `${source.workspace}/source.${source.name}.${source.incarnation}`,
  deadLetters: (workspace: string, pipeline: string): string => `${workspace}/dead-letters.${pipeline}`,
  runs: (workspace: string): string => `${workspace}/runs`,
  journal: (workspace: string): string => `${workspace}/journal`,
} as const
