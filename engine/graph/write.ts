import { isMap } from 'yaml'
import type { WorkflowDocument } from './document.ts'
import { mappingsAt, rewriteYaml } from './yaml.ts'

/** The YAML of a document: key order kept, values of secret environment variables blanked unless asked for. */
export function writeDocument(document: WorkflowDocument, options: { secrets?: boolean } = {}): string {
  return rewriteYaml(document.text, yaml => {
    if (options.secrets === true) return
    for (const variable of mappingsAt(yaml, ['workflow', 'environment_variables'])) {
      if (variable.get('value_type') === 'secret') variable.set('value', '')
    }
    for (const node of mappingsAt(yaml, ['workflow', 'graph', 'nodes'])) {
      const data = node.get('data')
      if (isMap(data)) for (const key of ['credential_id', 'webhook_url']) if (data.has(key)) data.set(key, '')
    }
  })
}
