/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-log.h"

static guint warnings, details;

static GLogWriterOutput
count(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    warnings += (level & G_LOG_LEVEL_WARNING) != 0;
    details += (level & G_LOG_LEVEL_INFO) != 0;
    return G_LOG_WRITER_HANDLED;
}

/* What fails a hundred times in a moment is told five times, each kind by itself. */
static void
test_repeated(void)
{
    WlBucket one = {0}, other = {0};

    for (guint i = 0; i < 100; i++)
        wl_log_repeated(&one, "it fails: %u", i);
    g_assert_cmpuint(warnings, ==, 5);
    g_assert_cmpuint(details, ==, 95);
    wl_log_repeated(&other, "something else fails");
    g_assert_cmpuint(warnings, ==, 6);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* Warnings are what is counted here. */
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    g_log_set_writer_func(count, NULL, NULL);
    g_test_add_func("/log/repeated", test_repeated);
    return g_test_run();
}
