// SPDX-License-Identifier: MIT
'use strict';

const { Disruptor } = require('./compat');
const { DisruptorReadStream, DisruptorWriteStream } =
	require('./compat_streams');

module.exports = {
	Disruptor,
	DisruptorReadStream,
	DisruptorWriteStream,
};
