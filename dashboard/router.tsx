import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Layout } from './parts/layout.tsx'
import { readDecisionsSearch, readOverviewSearch, readZone } from './search.ts'

const rootRoute = createRootRoute({ component: Layout })

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import('./routes/overview.tsx'), 'Overview'),
})

const decisionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/decisions',
  validateSearch: readDecisionsSearch,
  component: lazyRouteComponent(() => import('./routes/decisions.tsx'), 'Decisions'),
})

const decisionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/decisions/$key',
  validateSearch: readZone,
  component: lazyRouteComponent(() => import('./routes/decision.tsx'), 'DecisionPage'),
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./routes/sign-in.tsx'), 'SignIn'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([overviewRoute, decisionsRoute, decisionRoute, signInRoute]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
