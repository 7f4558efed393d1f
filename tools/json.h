/* SPDX-License-Identifier: MIT */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Writes one JSON value to standard output. Members of an object have a key,
 * elements of an array NULL. The caller balances begin and end.
 */
struct json {
	bool separate;	/* something stands before, in the same brackets */
};

void json_begin(struct json *json, const char *key, char bracket);
void json_end(struct json *json, char bracket);
void json_string(struct json *json, const char *key, const char *text);
void json_unsigned(struct json *json, const char *key, uint64_t number);
void json_signed(struct json *json, const char *key, int64_t number);
void json_null(struct json *json, const char *key);
void json_boolean(struct json *json, const char *key, bool value);

#endif
