/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

#include <json-glib/json-glib.h>

/** The root of a file of the project's own vectors; never NULL. Free with json_object_unref(). */
JsonObject *test_vectors_load(const char *name);
/**
 * The root of recorded-packets.json in the folder named by WIRELINK_VECTORS, or NULL where that is
 * not set or has no such file. The file belongs to another project and is only read.
 */
JsonObject *test_vectors_load_recorded(void);

typedef void (*TestVectorFunc)(JsonObject *vector);
/** One test case for each element of the array @member of @root: "@prefix/NAME". */
void test_vectors_add(const char *prefix, JsonObject *root, const char *member,
                      TestVectorFunc func);

/** The bytes that @hex spells; anything else ends the test. */
GByteArray *test_unhex(const char *hex);
char *test_hex(const guint8 *data, gsize length);
GByteArray *test_unhex_member(JsonObject *object, const char *member);
void test_key_from_hex(const char *hex, WlKey *key);

/** Checks attribute, TTL, subject and the value members that @expected has. */
void test_assert_fact(const WlFact *fact, JsonObject *expected, JsonObject *value);

/** A WlRandomFunc that hands out the bytes of the GByteArray @user_data from its start. */
void test_random_fixed(gpointer user_data, guint8 *buffer, gsize length);
/** A WlRandomFunc over the GRand @user_data. */
void test_random_seeded(gpointer user_data, guint8 *buffer, gsize length);
