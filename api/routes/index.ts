import type { FastifyInstance } from 'fastify'
import type { RouteServices } from '../route-services.ts'
import { accessRoutes } from './access.ts'
import { appRoutes } from './apps.ts'
import { difyAppRoutes } from './dify-app.ts'
import { healthRoutes } from './health.ts'
import { ingestRoutes } from './ingest.ts'
import { keyRoutes } from './keys.ts'
import { modelRoutes } from './models.ts'
import { pipelineRoutes } from './pipelines.ts'
import { runRoutes } from './runs.ts'
import { situationRoutes } from './situation.ts'
import { sourceRoutes } from './sources.ts'
import { statusRoutes } from './status.ts'
import { workflowRoutes } from './workflows.ts'

/** Every route of the product, in the order of the documents. */
export const routes: readonly ((app: FastifyInstance, services: RouteServices) => void)[] = [
  healthRoutes,
  accessRoutes,
  statusRoutes,
  situationRoutes,
  appRoutes,
  runRoutes,
  sourceRoutes,
  ingestRoutes,
  pipelineRoutes,
  modelRoutes,
  keyRoutes,
  difyAppRoutes,
  workflowRoutes,
]
