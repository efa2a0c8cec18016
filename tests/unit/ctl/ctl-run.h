/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** The result of a run of wirelinkctl. */
typedef struct {
    char *out, *err;
    int status; /* exit status */
} CtlRun;

/**
 * Runs wirelinkctl with @arguments (NULL-terminated) and @input on its standard input; the default
 * main context runs meanwhile, so that mock services of the test can reply. @environment: pairs of
 * name and value, NULL-terminated, or NULL. The test fails if the run takes over a minute, is
 * killed by a signal, or prints invalid UTF-8.
 */
CtlRun *ctl_run(const char *const *arguments, const char *input, const char *const *environment);
void ctl_run_free(CtlRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CtlRun, ctl_run_free)

#define CTL_RUN(input, ...) ctl_run((const char *const[]){__VA_ARGS__, NULL}, input, NULL)

/** Checks that @text contains @part, and prints both if not. */
#define ctl_assert_holds(text, part)                                                               \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            g_error("%s:%d: \"%s\" is not in: %s", __FILE__, __LINE__, part, text);                \
    } while (0)

/** A running wirelinkctl. */
typedef struct {
    GSubprocess *process;
    GString *out; /* its output so far */
    int fd;       /* its output, on a terminal also its input */
    int terminal; /* its end of the terminal, or -1 */
} CtlProcess;

/** Starts wirelinkctl, on a terminal of 200 columns and 40 lines if @on_terminal. */
CtlProcess *ctl_start(const char *const *arguments, const char *const *environment,
                      gboolean on_terminal);
/** Kills it if it still runs. */
void ctl_process_free(CtlProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CtlProcess, ctl_process_free)

/** Waits until its output contains @part after @from, and returns the end of @part. */
gsize ctl_process_wait_for(CtlProcess *self, gsize from, const char *part);
void ctl_process_type(CtlProcess *self, const char *keys);
/** Waits until it exits, and returns its exit status. */
int ctl_process_finish(CtlProcess *self);
