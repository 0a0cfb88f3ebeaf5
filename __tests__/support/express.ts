import type { ErrorRequestHandler, Express } from 'express'

/** The Express under test: the latest 5, or the version that `EXPRESS` in the environment names. */
const { expressPackage } = require('./express-package.cjs') as { expressPackage: string }

export const express: typeof import('express') = require(expressPackage)

/** An app that responds to an error with its status, and that in the body. */
export function appWith(use: (app: Express) => void): Express {
  const app = express()
  use(app)
  const respondToError: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(error.status).send(`error ${error.status}`)
  }
  app.use(respondToError)
  return app
}
