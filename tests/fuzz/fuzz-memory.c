/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the service stored between two starts, and somebody or the disk has damaged. Either nothing
 * of it is used, or what was understood is stored again and understood the same. */

#include <string.h>

#include "bench.h"
#include "fuzz.h"

static char *
recall(const char *text, gsize length)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    g_autoptr(GError) error = NULL;
    gboolean used = wl_engine_load_state(bench->engine, bench->now, text, length, &error);

    bench_drain(bench);
    g_assert_true(used ? error == NULL : error != NULL && error->message[0] != '\0');
    return used ? wl_engine_dup_state(bench->engine) : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *once = recall((const char *) data, size);
    g_autofree char *twice = once ? recall(once, strlen(once)) : NULL;

    g_assert_cmpstr(once, ==, twice);
    return 0;
}
