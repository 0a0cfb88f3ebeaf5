/** The Express under test: the latest 5, or the version that `EXPRESS` in the environment names. */
const { expressPackage } = require('./express-package.cjs') as { expressPackage: string }

export const express: typeof import('express') = require(expressPackage)
