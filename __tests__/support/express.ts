/** The Express under test: 5, or 4 with `EXPRESS=4` in the environment. */
const name = process.env.EXPRESS === '4' ? 'express4' : 'express'

export const express: typeof import('express') = require(name)
