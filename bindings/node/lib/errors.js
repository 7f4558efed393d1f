// SPDX-License-Identifier: MIT
// Errors with a stable code, and checks of arguments that throw them.
'use strict';

const { inspect } = require('node:util');

function withCode(error, code) {
	error.code = code;
	return error;
}

function wrongType(message) {
	return withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

function outOfRange(name, range, value) {
	return withCode(new RangeError(`The value of "${name}" is out of ` +
		`range. It must be ${range}. Received ${inspect(value)}`),
	'ERR_OUT_OF_RANGE');
}

function released() {
	return withCode(new Error('it is released'), 'ERR_DISRUPTOR_RELEASED');
}

function notClaimed(message) {
	return withCode(new Error(message), 'ERR_DISRUPTOR_NOT_CLAIMED');
}

function aborted(signal) {
	const error = new Error('The operation was aborted',
		{ cause: signal.reason });

	error.name = 'AbortError';
	return withCode(error, 'ABORT_ERR');
}

function timedOut(message) {
	return withCode(new Error(message), 'ETIMEDOUT');
}

function checkInteger(name, value, low, high) {
	if (typeof value !== 'number')
		throw wrongType(`The "${name}" argument must be of type number. ` +
			`Received ${inspect(value)}`);
	if (!Number.isInteger(value) || value < low || value > high)
		throw outOfRange(name, `an integer from ${low} to ${high}`, value);
	return value;
}

function checkString(name, value) {
	if (typeof value !== 'string')
		throw wrongType(`The "${name}" argument must be of type string. ` +
			`Received ${inspect(value)}`);
	if (value.includes('\0'))
		throw withCode(new TypeError(`The "${name}" argument must not ` +
			'have null bytes'), 'ERR_INVALID_ARG_VALUE');
	return value;
}

function checkFunction(name, value) {
	if (typeof value !== 'function')
		throw wrongType(`The "${name}" argument must be of type function. ` +
			`Received ${inspect(value)}`);
	return value;
}

function checkSignal(signal) {
	if (signal !== undefined && !(signal instanceof AbortSignal))
		throw wrongType('The "options.signal" property must be an ' +
			`AbortSignal. Received ${inspect(signal)}`);
	return signal;
}

function checkOptions(options) {
	if (options === null || typeof options !== 'object')
		throw wrongType('The "options" argument must be of type object. ' +
			`Received ${inspect(options)}`);
	return options;
}

module.exports = {
	withCode, wrongType, outOfRange, released, notClaimed, aborted, timedOut,
	checkInteger, checkString, checkFunction, checkSignal, checkOptions,
};
