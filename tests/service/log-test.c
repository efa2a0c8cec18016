/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The level of the log, and the limit on repeated failures. */
#include "wl-log.h"

static guint warnings, details;

static GLogWriterOutput
count(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    warnings += (level & G_LOG_LEVEL_WARNING) != 0;
    details += (level & G_LOG_LEVEL_INFO) != 0;
    return G_LOG_WRITER_HANDLED;
}

/* A failure repeated a hundred times is logged five times, each kind separately. */
static void
test_repeated(void)
{
    WlRateLimit one = {0}, other = {0};

    for (guint i = 0; i < 100; i++)
        wl_log_repeated(&one, "it fails: %u", i);
    g_assert_cmpuint(warnings, ==, 5);
    g_assert_cmpuint(details, ==, 95);
    wl_log_repeated(&other, "something else fails");
    g_assert_cmpuint(warnings, ==, 6);
}

/* ---- levels that NetworkManager requests with NM_VPN_LOG_LEVEL, one process each */

static const struct {
    const char *level; /* NetworkManager's level; NULL: not set */
    const char *number;
    guint shown; /* number of initial entries of `lines` */
} levels[] = {
    {"off", "0", 0},   {"ERR", "3", 1},   {"WARN", "4", 2},     {"INFO", "5", 3},
    {"DEBUG", "6", 4}, {"TRACE", "7", 5}, {"nothing", NULL, 3}, {"beyond", "12", 5},
};

static const char *const lines[] = {"<error> a failure", "<warning> a problem", "<notice> a change",
                                    "<info> a detail", "<debug> a datagram"};

static void
log_all(void)
{
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    wl_log_init("nm-wirelink-service", FALSE);
    g_critical("a failure");
    g_warning("a problem");
    g_message("a change");
    g_info("a detail");
    g_debug("a datagram");
}

static void
test_levels(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_test_message("NetworkManager's %s", levels[i].level);
        if (levels[i].number)
            g_setenv("NM_VPN_LOG_LEVEL", levels[i].number, TRUE);
        else
            g_unsetenv("NM_VPN_LOG_LEVEL");
        g_test_trap_subprocess("/log/levels/subprocess", 0, 0);
        g_test_trap_assert_passed();
        for (guint j = 0; j < G_N_ELEMENTS(lines); j++) {
            g_autofree char *pattern = g_strdup_printf("*%s*", lines[j]);

            if (j < levels[i].shown)
                g_test_trap_assert_stderr(pattern);
            else
                g_test_trap_assert_stderr_unmatched(pattern);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* Count warnings. */
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    if (!g_test_subprocess())
        g_log_set_writer_func(count, NULL, NULL);
    g_test_add_func("/log/repeated", test_repeated);
    g_test_add_func("/log/levels", test_levels);
    g_test_add_func("/log/levels/subprocess", log_all);
    return g_test_run();
}
