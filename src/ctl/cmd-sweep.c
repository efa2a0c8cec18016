/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-output.h"
#include "wl-ctl.h"

#include <gio/gio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The service knows its own marks; here is nobody who touches links. WIRELINK_SERVICE: another
 * program than the installed one. */
WlExit
wl_cmd_sweep(char **arguments)
{
    const char *program = g_getenv("WIRELINK_SERVICE");
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;

    if (!wl_ctl_parse("sweep", arguments, NULL, 0, NULL))
        return WL_EXIT_USAGE;
    if (geteuid() != 0) {
        wl_ctl_complain("only root can remove links, rules and routes; run it as root");
        return WL_EXIT_NOT_PERMITTED;
    }
    if (!program)
        program = WL_SERVICE_PROGRAM;
    process = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, program, "--sweep", NULL);
    if (!process || !g_subprocess_wait(process, NULL, &error)) {
        wl_ctl_complain("%s cannot be run: %s", program, error->message);
        return WL_EXIT_FAILURE;
    }
    return g_subprocess_get_successful(process) ? WL_EXIT_OK : WL_EXIT_FAILURE;
}
