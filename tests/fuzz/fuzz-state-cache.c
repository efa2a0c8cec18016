/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes loading the state cache of the engine. A damaged state file is either refused with an
 * error, and the engine is unchanged, or loaded; what was loaded is saved in a form that loads the
 * same. An input that does not begin with a group is the rest of a file whose header is right. */

#include <string.h>

#include "fuzz.h"
#include "harness.h"

#define MAX_TEXT 8192

/* Making an engine costs more than a refusal: one serves until it has loaded something. */
static Harness *fresh;
static char *empty; /* the state of @fresh */

static void
make_fresh(void)
{
    if (!fresh)
        fresh = harness_leaf_new();
    if (!empty)
        empty = wl_engine_dup_state(fresh->engine);
}

static char *
load_and_save(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *state = NULL;
    Harness *harness;
    gboolean loaded;

    make_fresh();
    harness = g_steal_pointer(&fresh);
    loaded = wl_engine_load_state(harness->engine, harness->now, text, length, &error);
    harness_drain(harness);
    g_assert_true(loaded ? error == NULL : error != NULL && error->message[0] != '\0');
    state = wl_engine_dup_state(harness->engine);
    if (!loaded) {
        g_assert_cmpstr(state, ==, empty);
        harness_clear(harness);
        fresh = harness;
        return NULL;
    }
    harness_free(harness);
    return g_steal_pointer(&state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *once = NULL, *twice = NULL;

    make_fresh();
    if (size > 0 && data[0] != '[')
        g_string_append(text, empty);
    if (size > 0)
        g_string_append_len(text, (const char *) data, (gssize) MIN(size, MAX_TEXT));
    once = load_and_save(text->str, text->len);
    twice = once ? load_and_save(once, strlen(once)) : NULL;
    g_assert_cmpstr(once, ==, twice);
    return 0;
}
