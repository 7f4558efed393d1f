// SPDX-License-Identifier: MIT
// The path under which shared-memory-disruptor has its classes.
'use strict';

module.exports = require('./index');
