import type { Version } from '../schemas/version.ts'
import { RiskloomError } from '../engine/error.ts'
import { compile } from '../engine/graph/compile.ts'
import { readDocument } from '../engine/graph/document.ts'
import type { Graph } from '../engine/graph/graph.ts'
import { semantics } from '../engine/run/semantics.ts'

const maximumGraphs = 200

/** Compiled graphs of the versions that ran last. */
export class Graphs {
  readonly #byHash = new Map<string, Graph>()

  /** @throws RiskloomError `invalid-document` when the version cannot run here */
  of(version: Version): Graph {
    const known = this.#byHash.get(version.hash)
    const graph = known ?? compiled(version)
    // Taken out and put back: the order of the map is the order of last use.
    this.#byHash.delete(version.hash)
    this.#byHash.set(version.hash, graph)
    if (this.#byHash.size > maximumGraphs) this.#byHash.delete(this.#byHash.keys().next().value ?? '')
    return graph
  }
}

function compiled(version: Version): Graph {
  const details = { version: version.id, app: version.appId }
  if (version.semantics !== semantics) {
    throw new RiskloomError(
      'invalid-document',
      `version ${version.id} needs interpreter semantics ${version.semantics}`,
      {
        details,
      },
    )
  }
  const { document, error } = readDocument(version.document)
  if (document === null) throw new RiskloomError('invalid-document', error, { details })
  const result = compile(document)
  if (result.ok) return result.graph
  const [problem] = result.problems.filter(({ severity }) => severity === 'error')
  throw new RiskloomError('invalid-document', problem?.message ?? 'the document does not compile', {
    details: { ...details, problems: result.problems },
  })
}
