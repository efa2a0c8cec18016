/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes loading the state cache of the engine. A damaged state file is either refused with an
 * error or loaded; what was loaded is saved in a form that loads the same. */

#include <string.h>

#include "fuzz.h"
#include "harness.h"

static char *
load_and_save(const char *text, gsize length)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    g_autoptr(GError) error = NULL;
    gboolean loaded = wl_engine_load_state(harness->engine, harness->now, text, length, &error);

    harness_drain(harness);
    g_assert_true(loaded ? error == NULL : error != NULL && error->message[0] != '\0');
    return loaded ? wl_engine_dup_state(harness->engine) : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *once = load_and_save((const char *) data, size);
    g_autofree char *twice = once ? load_and_save(once, strlen(once)) : NULL;

    g_assert_cmpstr(once, ==, twice);
    return 0;
}
