/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** What a run of wirelinkctl left behind. */
typedef struct {
    char *out, *err;
    int status; /* exit status */
} CtlRun;

/**
 * Runs wirelinkctl with @arguments (NULL-terminated) and @input on its standard input; the default
 * main context turns meanwhile, so that a service of this program can answer it. @environment:
 * pairs of name and value, NULL-terminated, or NULL. Ends the test if it takes over a minute, is
 * killed by a signal, or prints what is not UTF-8.
 */
CtlRun *ctl_run(const char *const *arguments, const char *input, const char *const *environment);
void ctl_run_free(CtlRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CtlRun, ctl_run_free)

#define CTL_RUN(input, ...) ctl_run((const char *const[]){__VA_ARGS__, NULL}, input, NULL)

/** Checks that @text holds @part, and says both if it does not. */
#define ctl_assert_holds(text, part)                                                               \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            g_error("%s:%d: \"%s\" is not in: %s", __FILE__, __LINE__, part, text);                \
    } while (0)
